"""Counts the test cases of one `bazel test`: test_results.py EVENTS_FILE BAZEL_EXIT_CODE

Reads what Bazel says it did (the build event protocol, build_event_stream.proto) and the test.xml of exactly
the targets that it ran or took from its cache in this invocation. A target that did not build, crashed, timed
out or ran no case is a failure of its own. The last line is "N passed, N failed".
"""

import json
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree

# Of the exit codes in Bazel's documentation: all is well, and a test failed, which is counted anyway.
EXPLAINED_EXIT_CODES = (0, 3)


class Results:
    def __init__(self):
        self.passed = 0
        self.skipped = []
        self.failures = []

    def add_case(self, target, case, status):
        suite, name = case.get("classname"), case.get("name")
        # Bazel's own XML, for a test that wrote none, has one case for the whole target.
        title = f"{target} {suite}.{name}" if suite else f"{target}: {status}"
        if case.find("failure") is not None or case.find("error") is not None:
            self.failures.append(title)
        elif case.get("result") in ("skipped", "suppressed") or case.get("status") == "notrun":
            self.skipped.append(title)
        else:
            self.passed += 1

    def add_run(self, target, result):
        """One run of a target: a shard, or one of several repetitions."""
        status = result["status"]
        failures_before = len(self.failures)
        cases = list(read_cases(result))
        for case in cases:
            self.add_case(target, case, status)
        if status != "PASSED" and len(self.failures) == failures_before:
            self.failures.append(f"{target}: {status}, though no case failed")
        if status == "PASSED" and not cases:
            self.failures.append(f"{target}: ran no test case")


def read_cases(result):
    for output in result.get("testActionOutput", []):
        if output["name"] != "test.xml":
            continue
        path = urllib.request.url2pathname(urllib.parse.urlparse(output["uri"]).path)
        try:
            yield from xml.etree.ElementTree.parse(path).iter("testcase")
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            print(f"cannot read {path}: {error}", file=sys.stderr)


def collect(events, exit_code):
    results = Results()
    runs = {}  # the last attempt at each run
    broken = {}  # label → why
    for event in events:
        (kind, ident), = event["id"].items()
        label = ident.get("label") if isinstance(ident, dict) else None
        if "testResult" in event:  # one that was interrupted has "aborted" instead
            key = (label, ident.get("run", 1), ident.get("shard", 1))
            runs[key] = event["testResult"]
        elif "aborted" in event and event["aborted"].get("reason") != "SKIPPED":
            reason = event["aborted"].get("reason", "UNKNOWN").lower().replace("_", " ")
            name = label or " ".join(ident.get("pattern", [])) if isinstance(ident, dict) else kind
            broken.setdefault(name or kind, reason)
        elif kind == "targetCompleted" and not event.get("completed", {}).get("success", False):
            # A test that ran and failed has built; one that did not build has no result.
            broken[label] = "does not build"
    for (label, _, _), result in sorted(runs.items()):
        results.add_run(label, result)
    results.failures += [f"{name}: {why}" for name, why in sorted(broken.items())]
    if exit_code not in EXPLAINED_EXIT_CODES and not results.failures:
        results.failures.append(f"bazel exited with {exit_code}")
    return results


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        results = collect((json.loads(line) for line in file if line.strip()), int(sys.argv[2]))
    for title in results.skipped:
        print(f"SKIPPED {title}")
    for title in results.failures:
        print(f"FAILED {title}")
    print(f"{results.passed} passed, {len(results.failures)} failed", flush=True)
    return 0 if results.passed and not results.failures else 1


if __name__ == "__main__":
    sys.exit(main())
