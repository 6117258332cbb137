#!/usr/bin/python3
"""What `check -o sarif` writes is valid by the schema of SARIF 2.1.0: schema_test.py PALIADCTL SCHEMA

With the validator of Debian's python3-jsonschema. A document that was broken on purpose has to be refused: else the
schema, or the validator, would check nothing.
"""

import copy
import json
import os
import subprocess
import sys
import tempfile

import jsonschema

PALIADCTL, SCHEMA = (os.path.abspath(argument) for argument in sys.argv[1:])

# Findings of every kind: of the set and of SQL, both severities, waived, without a line, with bytes that are no text.
FILES = {
    b"001_a.up.sql": b"CREATE TABLE app.person (id bigint PRIMARY KEY);\n",
    b"1_b.up.sql": b"DROP TABLE app.a;\n",
    b"002_c.up.sql": "SELECT 'é\x1b[31m\u202e😀'; DROP TABLE \"Büro\";\r\n".encode(),
    b"003_d.up.sql": b"-- paliad:allow drop: see #812 \"quoted\" \\ and more\nDROP TABLE app.b;\nCOMMIT;\n",
    b"004_e.up.sql": b"",
    b"005_f.up.sql": b"SELEC 1;\n",
    b"006_g.up.sql": b"SELECT '\xff';\n",
    b"007_\xff.up.sql": b"SELECT 1;\n",
    b"8-h.sql": b"",
    b"99999999999_i.up.sql": b"SELECT 1;\n",
}


def check(folder, files):
    for name, text in files.items():
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(text)
    # A relative path and an absolute one are written in different ways.
    answers = []
    for place, directory in ((folder, "."), ("/", folder)):
        answer = subprocess.run([PALIADCTL, "check", "--dir", directory, "-o", "sarif"], cwd=place, check=False,
                                stdout=subprocess.PIPE)
        assert answer.returncode == (3 if files is FILES else 0), answer.returncode
        answers.append(json.loads(answer.stdout))
    return answers


def breakages(document):
    """The document with one thing wrong, each."""

    def broken(change):
        other = copy.deepcopy(document)
        change(other, other["runs"][0]["results"][0])
        return other

    def place(result):
        return result["locations"][0]["physicalLocation"]

    yield "no version", broken(lambda log, _: log.pop("version"))
    yield "another version", broken(lambda log, _: log.update(version="2.2.0"))
    yield "no runs", broken(lambda log, _: log.pop("runs"))
    yield "no tool", broken(lambda log, _: log["runs"][0].pop("tool"))
    yield "an unknown key", broken(lambda log, _: log["runs"][0].update(paliad=1))
    yield "an unknown level", broken(lambda _, result: result.update(level="warn"))
    yield "no message", broken(lambda _, result: result.pop("message"))
    yield "a line of 0", broken(lambda _, result: place(result)["region"].update(startLine=0))
    yield "a column in words", broken(lambda _, result: place(result)["region"].update(startColumn="1"))
    yield "a suppression of no kind", broken(lambda _, result: result.update(suppressions=[{}]))


def main():
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft4Validator.check_schema(schema)
    validator = jsonschema.Draft4Validator(schema)
    for files in (FILES, {b"001_a.up.sql": b"CREATE TABLE app.person (id bigint PRIMARY KEY);\n"}):
        with tempfile.TemporaryDirectory() as folder:
            for document in check(folder, files):
                validator.validate(document)
                results = document["runs"][0]["results"]
                assert bool(results) == (files is FILES), results
                if results:
                    expect_all_kinds(results)
                    for what, broken in breakages(document):
                        assert not validator.is_valid(broken), what


def expect_all_kinds(results):
    assert {result["level"] for result in results} == {"error", "warning"}
    assert any("suppressions" in result for result in results)
    assert {"version-collision", "drop", "syntax", "unreadable", "empty", "file-name"} <= {
        result["ruleId"] for result in results}
    for result in results:
        location = result["locations"][0]["physicalLocation"]["artifactLocation"]
        # Relative to the root of the sources, or a place of its own.
        assert location["uri"].startswith("/") != ("uriBaseId" in location), location


main()
