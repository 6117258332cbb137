"""Asks for everything that the API's OpenAPI document describes and validates each answer against it.

validate_api.py PORT AUDITOR_TOKEN OPERATOR_TOKEN
"""
import http.client
import json
import re
import sys

import jsonschema

port, auditor, operator = int(sys.argv[1]), sys.argv[2], sys.argv[3]
failures = []
checked = 0


def fetch(method, path, token=auditor, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": "Bearer " + token} if token else {}
    if body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(body)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, answer.headers.get("Content-Type"), text


status, _, text = fetch("GET", "/api/v1/openapi.json", token=None)
assert status == 200, status
document = json.loads(text)
assert document["openapi"].startswith("3.1")


def validate(template, method, status, text, where):
    """One answer, against the schema of its path, method and status."""
    global checked
    described = document["paths"][template][method.lower()]["responses"]
    if str(status) not in described:
        failures.append(f"{where}: status {status} is not described\n{text}")
        return
    schema = described[str(status)].get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return
    root = {"components": document["components"], "allOf": [schema]}
    for error in jsonschema.Draft202012Validator(root).iter_errors(json.loads(text)):
        failures.append(f"{where}: {error.message} at {list(error.absolute_path)}")
    checked += 1


def check(method, template, expect, token=auditor, body=None, query="", **values):
    path = re.sub(r"\{(\w+)\}", lambda match: str(values[match.group(1)]), template)
    status, content_type, text = fetch(method, "/api/v1" + path + query, token, body)
    where = f"{method} {path}{query}"
    if status != expect or content_type != "application/json":
        failures.append(f"{where}: {status} {content_type}, not {expect}\n{text}")
    validate(template, method, status, text, where)
    answered.add((template, method))
    return json.loads(text)


jsonschema.Draft202012Validator.check_schema({"$defs": document["components"]["schemas"]})
answered = set()
check("GET", "/targets", 200)
target = {"target": "production"}
check("GET", "/targets/{target}", 200, **target)
check("GET", "/targets/{target}", 200, target="broken")
runs = check("GET", "/targets/{target}/runs", 200, **target)["items"]
assert len(runs) == 5, runs
for run in runs:
    shown = check("GET", "/targets/{target}/runs/{run}", 200, run=run["run_id"], **target)
    assert shown["entries"], shown
check("GET", "/targets/{target}/runs", 200, query="?outcome=applied&limit=1", **target)
entries = check("GET", "/targets/{target}/entries", 200, query="?order=asc", **target)["items"]
assert len(entries) > 10
for entry in entries:
    check("GET", "/targets/{target}/entries/{seq}", 200, seq=entry["seq"], **target)
    check("GET", "/targets/{target}/proofs/{seq}", 200, seq=entry["seq"], **target)
for migration in check("GET", "/targets/{target}/migrations", 200, **target)["items"]:
    check("GET", "/targets/{target}/migrations/{version}", 200, version=migration["version"], **target)
check("GET", "/targets/{target}/migrations/{version}", 200, version=4, **target)

# Errors.
check("GET", "/targets", 401, token=None)
check("GET", "/targets", 400, query="?x=1")
check("GET", "/targets/{target}", 404, target="nothing")
check("GET", "/targets/{target}/runs", 400, query="?limit=0", **target)
check("GET", "/targets/{target}/runs", 503, target="broken")
check("GET", "/targets/{target}/runs/{run}", 404, run="ffffffff", **target)
check("GET", "/targets/{target}/proofs/{seq}", 404, seq=10000, **target)

# What changes something.
for verb in ("suspend", "resume", "reconcile"):
    template = "/targets/{target}/" + verb
    check("POST", template, 401, token=None, body={"reason": "x"}, **target)
    check("POST", template, 403, body={"reason": "x"}, **target)
    check("POST", template, 400, token=operator, body={}, **target)
    check("POST", template, 404, token=operator, body={"reason": "x"}, target="nothing")
    check("POST", template, 202, token=operator, body={"reason": "a test"}, **target)

for template, methods in document["paths"].items():
    for method in methods:
        if (template, method.upper()) not in answered:
            failures.append(f"{method} {template} was never asked for")
for failure in failures:
    print(failure)
if failures:
    sys.exit(1)
print(f"{checked} answers are as described")
