#!/usr/bin/python3
"""What tools/deploy ships fits the controller: deploy_test.py PALIADCTL CONTROL METRICS RECEIVER OPERATIONS CONFIG

CONTROL, METRICS and RECEIVER are the sources that name states, metrics and the results of webhooks; OPERATIONS is the
page that says what to do about each alert; the other files stand beside CONFIG, the example of a configuration.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest

import yaml

PALIADCTL, CONTROL, METRICS, RECEIVER, OPERATIONS, CONFIG = (os.path.abspath(path) for path in sys.argv[1:])
FOLDER = os.path.dirname(CONFIG)
CONFIGS = {"the service": CONFIG, "the pods": os.path.join(FOLDER, "kubernetes/paliad.toml")}
# What a statement that was cancelled gets in its server before the process leaves: kAfterCancel in controller/cli/serve.cc.
AFTER_CANCEL = 60


def read(path):
    with open(os.path.join(FOLDER, path), encoding="utf-8") as file:
        return file.read()


def documents(path):
    return list(yaml.safe_load_all(read(path)))


def seconds(duration):
    number, unit = re.fullmatch(r"(\d+)(s|m|min)", duration).groups()
    return int(number) * (1 if unit == "s" else 60)


def grace(path):
    return seconds(tomllib.loads(read(path))["controller"]["shutdown_grace"])


def unit_settings(path):
    return dict(line.split("=", 1) for line in read(path).splitlines() if re.match(r"[A-Za-z]+=", line))


def registered_metrics():
    """Name → kind, as the source registers them."""
    found = re.findall(r'Build(Gauge|Counter|Histogram)\(\),\s*(?:\w+,\s*)"(paliad_\w+)"', read(METRICS))
    return {name: kind for kind, name in found}


def series(metrics):
    """Name of each series that a scrape has."""
    for name, kind in metrics.items():
        if kind == "Histogram":
            yield from (f"{name}_bucket", f"{name}_sum", f"{name}_count")
        else:
            yield name


def alert_rules():
    return [rule for group in yaml.safe_load(read("prometheus/alerts.yaml"))["groups"] for rule in group["rules"]]


def dashboard_expressions():
    dashboard = json.loads(read("grafana/paliad.json"))
    texts = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return texts + [item["definition"] for item in dashboard["templating"]["list"] if "definition" in item]


def expressions():
    return [rule["expr"] for rule in alert_rules()] + dashboard_expressions()


def anchors(markdown):
    """What GitHub and Gitea make of the headings."""
    headings = re.findall(r"^#+ (.*)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Deploy(unittest.TestCase):
    def check(self, path):
        answer = subprocess.run([PALIADCTL, "config", "check", "--config", path, "-o", "json"], check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
                                env={"HOME": "/nonexistent"})
        return answer.returncode, json.loads(answer.stdout)

    def test_the_examples_of_configurations_have_no_mistakes(self):
        for name, path in CONFIGS.items():
            with self.subTest(name):
                code, answer = self.check(path)
                self.assertEqual((code, answer["problems"]), (0, []))
                self.assertEqual(answer["config"], path)

    def test_a_mistake_in_an_example_would_be_found(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "paliad.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(read(CONFIG).replace("interval", "intervall", 1))
            code, answer = self.check(path)
            self.assertEqual((code, len(answer["problems"])), (2, 1))

    def test_what_stops_the_controller_waits_longer_than_it_takes(self):
        unit = unit_settings("systemd/paliad.service")
        self.assertGreater(seconds(unit["TimeoutStopSec"]), grace("paliad.toml") + AFTER_CANCEL)
        pod = documents("kubernetes/deployment.yaml")[0]["spec"]["template"]["spec"]
        self.assertGreater(pod["terminationGracePeriodSeconds"], grace("kubernetes/paliad.toml") + AFTER_CANCEL)

    def test_the_unit_keeps_its_state_where_the_configuration_looks(self):
        unit = unit_settings("systemd/paliad.service")
        self.assertEqual("/var/lib/" + unit["StateDirectory"], tomllib.loads(read("paliad.toml"))["controller"]["data_dir"])
        self.assertEqual((unit["Type"], unit["KillMode"]), ("notify", "mixed"))

    def test_the_pods_have_what_their_configuration_names(self):
        pod = documents("kubernetes/deployment.yaml")[0]["spec"]["template"]["spec"]
        container = pod["containers"][0]
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        self.assertLessEqual(set(mounts.values()), {volume["name"] for volume in pod["volumes"]})
        config = tomllib.loads(read("kubernetes/paliad.toml"))
        self.assertIn(config["controller"]["data_dir"], mounts)
        self.assertTrue(config["http"]["listen"].endswith(f":{container['ports'][0]['containerPort']}"))
        secrets = {secret["metadata"]["name"]: secret["stringData"]
                   for secret in documents("kubernetes/secret.example.yaml")}
        named = set(re.findall(r'_env\s*=\s*"(\w+)"', read("kubernetes/paliad.toml")))
        self.assertEqual(named, set(secrets[container["envFrom"][0]["secretRef"]["name"]]))
        for target in config["target"]:
            folder, file = os.path.split(target["ledger"]["signing_key_file"])
            volume = next(volume for volume in pod["volumes"] if volume["name"] == mounts[folder])
            self.assertIn(file, secrets[volume["secret"]["secretName"]])

    def test_the_kustomization_names_every_manifest(self):
        kustomization = documents("kubernetes/kustomization.yaml")[0]
        there = {name for name in os.listdir(os.path.join(FOLDER, "kubernetes")) if name.endswith(".yaml")}
        self.assertEqual(set(kustomization["resources"]), there - {"kustomization.yaml", "secret.example.yaml"})
        for name in there:
            for document in documents(f"kubernetes/{name}"):
                self.assertIn("kind", document, name)

    def test_every_metric_of_alerts_and_dashboard_is_one_that_the_controller_registers(self):
        metrics = registered_metrics()
        self.assertEqual(set(metrics), set(re.findall(r'"(paliad_\w+)"', read(METRICS))))
        used = {name for text in expressions() for name in re.findall(r"\bpaliad_\w+", text)}
        self.assertGreater(len(used), 5)
        self.assertLessEqual(used, set(series(metrics)))

    def test_every_value_of_a_label_is_one_that_the_source_names(self):
        for label, source in (("state", CONTROL), ("result", RECEIVER)):
            values = {value for text in expressions() for value in re.findall(rf'\b{label}="(\w+)"', text)}
            self.assertTrue(values)
            self.assertLessEqual(values, set(re.findall(r'"(\w+)"', read(source))))

    def test_every_alert_has_a_severity_a_unit_test_and_a_section_that_says_what_to_do(self):
        sections = anchors(read(OPERATIONS))
        tests = read("prometheus/alerts_test.yaml")
        self.assertTrue(yaml.safe_load(tests)["tests"])
        for rule in alert_rules():
            with self.subTest(rule["alert"]):
                self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"))
                self.assertIn("summary", rule["annotations"])
                page, anchor = rule["annotations"]["runbook"].split("#")
                self.assertEqual(page, "docs/operations.md")
                self.assertIn(anchor, sections)
                self.assertIn(f'alertname="{rule["alert"]}"', tests)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
