"""A forge's API description (OpenAPI 3.0 or Swagger 2.0) as a judge of requests and of answers.

Stricter than the descriptions: what they do not name (an operation, a query parameter, a property of a body that
lists its properties) is a mistake. Where they are known to be wrong, tests/testdata/forge/README.md says so, and
`_correct` below is the only place that knows. Immutable; safe to share between threads.
"""
import json
import re
import urllib.parse

import jsonschema

# RFC 3339, section 5.6.
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
_FORMATS = jsonschema.FormatChecker(formats=())
_FORMATS.checks("date-time")(lambda value: not isinstance(value, str) or bool(_DATE_TIME.match(value)))
_FORMATS.checks("uri")(lambda value: not isinstance(value, str) or bool(re.match(r"[a-z]+:[^\s]+$", value)))

# Any operation may answer these: no description lists what a proxy, a limit or a missing right answers.
_ERRORS = {400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504}

# GitLab generates its description from code that calls these strings, and lists of users one user.
_GITLAB_TYPES = {
    "allow_collaboration": "boolean",
    "allow_maintainer_to_push": "boolean",
    "blocking_discussions_resolved": "boolean",
    "downvotes": "integer",
    "draft": "boolean",
    "force_remove_source_branch": "boolean",
    "has_conflicts": "boolean",
    "imported": "boolean",
    "labels": "array",
    "merge_when_pipeline_succeeds": "boolean",
    "should_remove_source_branch": "boolean",
    "source_project_id": "integer",
    "squash": "boolean",
    "target_project_id": "integer",
    "upvotes": "integer",
    "user_notes_count": "integer",
    "work_in_progress": "boolean",
}

# Of Gitea's description.
_GITEA_STATES = ["pending", "success", "error", "failure", "warning", "skipped"]


class Refused(Exception):
    """What the description forbids, and the status that a forge answers."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


class Operation:
    """One method of one path."""

    def __init__(self, method, template, described, parameters):
        self.name = f"{method} {template}"
        self.method = method
        self.template = template
        self.described = described
        self.parameters = parameters
        # GitLab's id holds a slash as %2F: paths are matched before they are decoded.
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
        self.pattern = re.compile(pattern + "$")


class Description:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        self._swagger = "swagger" in document
        _correct(document)
        self._document = _to_json_schema(document, all_may_be_null=False)
        # Swagger 2.0 has no word for what may be null: in an answer, anything.
        self._answers = _to_json_schema(document, all_may_be_null=self._swagger)
        self.operations = []
        for template, methods in document["paths"].items():
            for method, described in methods.items():
                described = self._document["paths"][template][method]
                parameters = [self._resolve(p) for p in described.get("parameters", [])]
                self.operations.append(Operation(method.upper(), template, described, parameters))

    def check_request(self, method, target, headers, body):
        """The operation, its decoded path parameters, its query and its JSON body. Raises Refused."""
        path, _, query_text = target.partition("?")
        operation, values = self._find(method, path)
        declared = {(p["name"], p["in"]): p for p in operation.parameters}
        for name, text in values.items():
            values[name] = self._check_text(declared[name, "path"], text)
        query = {}
        for name, text in urllib.parse.parse_qsl(query_text, keep_blank_values=True, strict_parsing=bool(query_text)):
            if (name, "query") not in declared:
                raise Refused(422, f"{operation.name}: there is no query parameter {name!r}")
            query[name] = self._check_text(declared[name, "query"], text)
        for (name, place), parameter in declared.items():
            if place == "query" and parameter.get("required") and name not in query:
                raise Refused(422, f"{operation.name}: the query parameter {name!r} is missing")
        self._check_accept(operation, headers)
        return operation, values, query, self._check_body(operation, headers, body)

    def check_answer(self, operation, status, body):
        """What is wrong with an answer of ours, or None."""
        responses = operation.described["responses"]
        if str(status) not in responses:
            return None if status in _ERRORS else f"{operation.name}: status {status} is not described"
        schema = self._schema_of(self._resolve(responses[str(status)]))
        if schema is None or status in _ERRORS:
            return None
        schema = _to_json_schema(schema, all_may_be_null=self._swagger)
        return self._violation(schema, body, f"{operation.name}: answer {status}", self._answers)

    def fill(self, operation, status, known):
        """`known`, with a value for each property that is required and that it lacks, at any depth."""
        schema = self._schema_of(self._resolve(operation.described["responses"][str(status)]))
        return self._fill(schema, known)

    def _find(self, method, path):
        others = False
        for operation in self.operations:
            match = operation.pattern.match(path)
            if match and operation.method == method:
                return operation, {k: urllib.parse.unquote(v) for k, v in match.groupdict().items()}
            others = others or match
        raise Refused(405 if others else 404, f"{method} {path}: no such operation")

    def _check_text(self, parameter, text):
        """A parameter's value, which travels as text, by its type."""
        schema = parameter.get("schema", parameter)
        value = text
        if schema.get("type") == "integer" and re.match(r"-?\d+$", text):
            value = int(text)
        elif schema.get("type") == "boolean" and text in ("true", "false"):
            value = text == "true"
        elif schema.get("type") == "array":
            value = text.split(",")
        keywords = ("type", "format", "enum", "minimum", "maximum", "pattern", "maxLength", "minLength", "items")
        problem = self._violation({k: schema[k] for k in keywords if k in schema}, value, parameter["name"])
        if problem or text == "":
            raise Refused(422, problem or f"{parameter['name']}: it is empty")
        return value

    def _check_accept(self, operation, headers):
        accepted = headers.get("Accept", "*/*")
        if not re.search(r"\*/\*|application/(vnd\.github(\.\w+)?\+)?json", accepted):
            raise Refused(406, f"{operation.name}: answers are JSON, not {accepted!r}")

    def _check_body(self, operation, headers, body):
        schema, required = self._body_schema(operation)
        if not body:
            if required:
                raise Refused(422, f"{operation.name}: it has no body")
            return None
        if schema is None:
            raise Refused(400, f"{operation.name}: it takes no body")
        if headers.get("Content-Type", "").split(";")[0].strip() != "application/json":
            raise Refused(415, f"{operation.name}: its body is not application/json")
        try:
            value = json.loads(body)
        except ValueError as error:
            raise Refused(400, f"{operation.name}: its body is not JSON") from error
        problem = self._violation(schema, value, operation.name)
        if problem:
            raise Refused(422, problem)
        return value

    def _body_schema(self, operation):
        if not self._swagger:
            body = operation.described.get("requestBody")
            if body is None:
                return None, False
            return body["content"]["application/json"]["schema"], body.get("required", False)
        for parameter in operation.parameters:
            if parameter["in"] == "body":
                return parameter["schema"], True
        return None, False

    def _schema_of(self, response):
        if self._swagger:
            return response.get("schema")
        return response.get("content", {}).get("application/json", {}).get("schema")

    def _violation(self, schema, value, where, document=None):
        root = {k: v for k, v in (document or self._document).items() if k in ("components", "definitions")}
        validator = jsonschema.Draft4Validator({**root, "allOf": [schema]}, format_checker=_FORMATS)
        for error in validator.iter_errors(value):
            return f"{where}: {error.message[:300]} at {list(error.absolute_path)}"
        unknown = self._unknown(schema, value)
        return f"{where}: there is no property {unknown}" if unknown else None

    def _resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self._document
            for part in node["$ref"][2:].split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def _properties(self, schema):
        """The named properties of an object's schema; None if it may have any."""
        schema = self._resolve(schema)
        alternatives = [s for k in ("allOf", "anyOf", "oneOf") for s in schema.get(k, [])]
        if not alternatives:
            return schema.get("properties") if schema.get("additionalProperties") in (None, False) else None
        merged = dict(schema.get("properties", {}))
        for alternative in alternatives:
            if self._resolve(alternative).get("type") != "null":
                merged.update(self._properties(alternative) or {})
        return merged or None

    def _items(self, schema):
        schema = self._resolve(schema)
        for alternative in [schema] + [s for k in ("allOf", "anyOf", "oneOf") for s in schema.get(k, [])]:
            if "items" in self._resolve(alternative):
                return self._resolve(alternative)["items"]
        return {}

    def _unknown(self, schema, value, where=""):
        """The path of the first property in `value` that the schema does not name, or None."""
        if isinstance(value, list):
            found = (self._unknown(self._items(schema), item, f"{where}[{i}]") for i, item in enumerate(value))
            return next((f for f in found if f), None)
        properties = self._properties(schema) if isinstance(value, dict) else None
        for name, item in value.items() if properties is not None else ():
            if name not in properties:
                return f"{where}.{name}"
            unknown = self._unknown(properties[name], item, f"{where}.{name}")
            if unknown:
                return unknown
        return None

    def _fill(self, schema, known):
        schema = self._resolve(schema)
        for keyword in ("anyOf", "oneOf"):  # the first one will do
            if keyword in schema:
                return self._fill(schema[keyword][0], known)
        if isinstance(known, list):
            return [self._fill(schema.get("items", {}), item) for item in known]
        if isinstance(known, dict):
            filled = dict(known)
            for part in [schema] + [self._resolve(s) for s in schema.get("allOf", [])]:
                for name, described in part.get("properties", {}).items():
                    if name in filled:
                        filled[name] = self._fill(described, filled[name])
                    elif name in part.get("required", []):
                        filled[name] = self._fill(described, _plain(self._resolve(described)))
            return filled
        return known


def _plain(schema):
    """The plainest value of a type."""
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            nulls = [s for s in schema[keyword] if s.get("type") == "null"]
            return None if nulls else _plain(schema[keyword][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "string":
        return {"uri": "https://forge.invalid/x", "date-time": "2026-05-20T10:38:00Z"}.get(schema.get("format"), "x")
    return {"integer": 0, "number": 0, "boolean": False, "array": []}.get(schema.get("type"), {})


def _correct(document):
    """The weak places of the descriptions that stand in the way of a true answer."""
    definitions = document.get("definitions", {})
    if "API_Entities_MergeRequest" in definitions:
        for name in ("API_Entities_MergeRequest", "API_Entities_MergeRequestBasic"):
            properties = definitions[name]["properties"]
            for field, kind in _GITLAB_TYPES.items():
                properties[field] = {"type": kind}
            for field in ("assignees", "reviewers"):
                properties[field] = {"type": "array", "items": {"$ref": "#/definitions/API_Entities_UserBasic"}}
    if "CreateStatusOption" in definitions:  # Forgejo lists no states
        definitions["CreateStatusOption"]["properties"]["state"] = {"type": "string", "enum": _GITEA_STATES}


def _to_json_schema(node, all_may_be_null, in_properties=False):
    """What may be null, as JSON Schema says it."""
    if isinstance(node, list):
        return [_to_json_schema(item, all_may_be_null) for item in node]
    if not isinstance(node, dict):
        return node
    out = {}
    for name, value in node.items():
        names = name == "properties" and not in_properties
        out[name] = _to_json_schema(value, all_may_be_null, in_properties=names)
        if in_properties and all_may_be_null and isinstance(value, dict):
            out[name] = {"anyOf": [out[name], {"type": "null"}]}
    if not in_properties and (out.get("nullable") is True or out.get("x-nullable") is True):
        return {"anyOf": [out, {"type": "null"}]}
    return out
