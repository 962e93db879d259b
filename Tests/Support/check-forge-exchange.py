"""Checks recorded exchanges with a forge against a description of the forge's API.

    check-forge-exchange.py DESCRIPTION.json EXCHANGES.jsonl

The description is OpenAPI 3.0, 3.1 or Swagger 2.0. Checked are: method and path, path and query parameters, the
request's body (unknown fields are errors, because descriptions rarely forbid them), the answer's status and body. An
exchange marked with a fault is checked for its request only. Prints one line a problem.

Exit code: 0 all right, 1 problems, 77 jsonschema is not installed.
"""

import json
import re
import sys

try:
    import jsonschema
    import referencing
    import referencing.jsonschema
except ImportError:
    print("skipped: the Python package jsonschema is not installed")
    sys.exit(77)

DOCUMENT = "urn:description"


class Description:
    """An API description of any of the three formats behind one face."""

    def __init__(self, document):
        self.is_swagger = document.get("swagger") == "2.0"
        is_old = self.is_swagger or document["openapi"].startswith("3.0")
        self.document = with_nulls(document) if is_old else document
        dialect = referencing.jsonschema.DRAFT4 if is_old else referencing.jsonschema.DRAFT202012
        self.validator = jsonschema.Draft4Validator if is_old else jsonschema.Draft202012Validator
        self.registry = referencing.Registry().with_resource(DOCUMENT, dialect.create_resource(self.document))
        self.base = document.get("basePath", "").rstrip("/")

    def resolved(self, node):
        while isinstance(node, dict) and "$ref" in node:
            node = self.at(node["$ref"])
        return node

    def at(self, reference):
        node = self.document
        for part in reference.removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        return node

    def problems(self, schema, value):
        """Where a value breaks a schema, in the description's own words."""
        schema = absolute(schema)
        found = self.validator(schema, registry=self.registry).iter_errors(value)
        return [f"{'.'.join(map(str, error.absolute_path)) or 'document'}: {error.message[:200]}" for error in found]

    def fields(self, schema):
        """All field names that an object may have; None where any name is allowed."""
        schema = self.resolved(schema)
        names = set(schema.get("properties", {}))
        for part in [part for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, [])]:
            inner = self.fields(part)
            names |= inner or set()
        return names

    def operation(self, method, path):
        """The operation, its path parameters and its shared parameters; None where there is none."""
        if not path.startswith(self.base + "/"):
            return None
        parts = path[len(self.base):].split("/")
        # Literal parts before templates: /pulls/comments is not /pulls/{number}.
        for template in sorted(self.document["paths"], key=lambda text: (text.count("{"), text)):
            values = matched(template.split("/"), parts)
            item = self.document["paths"][template]
            if values is not None and method.lower() in item:
                return item[method.lower()], values, item.get("parameters", [])
        return None

    def request_schema(self, operation):
        """The schema of the body and whether a body has to be there."""
        if self.is_swagger:
            for parameter in map(self.resolved, operation.get("parameters", [])):
                if parameter["in"] == "body":
                    return parameter["schema"], parameter.get("required", False)
            return None, False
        body = self.resolved(operation.get("requestBody", {}))
        content = body.get("content", {}).get("application/json", {})
        return content.get("schema"), body.get("required", False)

    def response_schema(self, response):
        response = self.resolved(response)
        if self.is_swagger:
            return response.get("schema")
        return response.get("content", {}).get("application/json", {}).get("schema")


def with_nulls(node):
    """`nullable` of older formats as JSON Schema has it."""
    if isinstance(node, list):
        return [with_nulls(part) for part in node]
    if not isinstance(node, dict):
        return node
    node = {key: with_nulls(part) for key, part in node.items()}
    if node.get("nullable") is True or node.get("x-nullable") is True:
        return {"anyOf": [node, {"type": "null"}]}
    return node


def absolute(schema):
    """The schema with references that lead into the description."""
    if isinstance(schema, list):
        return [absolute(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: DOCUMENT + part if key == "$ref" and isinstance(part, str) else absolute(part)
        for key, part in schema.items()
    }


def matched(template, parts):
    if len(template) != len(parts):
        return None
    values = {}
    for pattern, part in zip(template, parts):
        name = re.fullmatch(r"\{(.+)\}", pattern)
        if name:
            values[name[1]] = part
        elif pattern != part:
            return None
    return values


def typed(text):
    """What a text in a URL can stand for."""
    yield text
    if re.fullmatch(r"-?\d+", text):
        yield int(text)
    if text in ("true", "false"):
        yield text == "true"


def without_nulls(value):
    """Servers written in Go send null for what is not there, which their Swagger descriptions do not mention."""
    if isinstance(value, dict):
        return {key: without_nulls(part) for key, part in value.items() if part is not None}
    if isinstance(value, list):
        return [without_nulls(part) for part in value]
    return value


def check_parameters(description, parameters, place, values):
    known = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == place}
    for name, value in values.items():
        if name not in known:
            yield f"{place} parameter {name} does not exist"
            continue
        schema = known[name].get("schema") or {
            key: part for key, part in known[name].items() if key in ("type", "enum", "items", "minimum", "maximum")
        }
        if all(description.problems(schema, candidate) for candidate in typed(value)):
            yield f"{place} parameter {name}: {value!r} is not allowed"
    for name, parameter in known.items():
        if parameter.get("required") and name not in values:
            yield f"{place} parameter {name} is missing"


def check_request(description, operation, exchange):
    schema, is_required = description.request_schema(operation)
    body = exchange["request_body"]
    if body is None:
        if is_required:
            yield "the request has no body"
        return
    if schema is None:
        yield "the request has a body"
        return
    yield from (f"request {problem}" for problem in description.problems(schema, body))
    if isinstance(body, dict):
        for name in sorted(set(body) - description.fields(schema)):
            yield f"request field {name} does not exist"


def check_response(description, operation, exchange):
    status = exchange["status"]
    response = operation["responses"].get(str(status)) or operation["responses"].get("default")
    if response is None:
        # Descriptions leave out most refusals.
        if status < 400:
            yield f"status {status} does not exist"
        return
    schema = description.response_schema(response)
    if schema is None:
        return
    body = exchange["response_body"]
    body = without_nulls(body) if description.is_swagger else body
    yield from (f"response {status} {problem}" for problem in description.problems(schema, body))


def check(description, exchange):
    found = description.operation(exchange["method"], exchange["path"])
    if found is None:
        yield "no such operation"
        return
    operation, path_values, shared = found
    parameters = [description.resolved(parameter) for parameter in shared + operation.get("parameters", [])]
    yield from check_parameters(description, parameters, "path", path_values)
    yield from check_parameters(description, parameters, "query", exchange["query"])
    yield from check_request(description, operation, exchange)
    if not exchange.get("fault"):
        yield from check_response(description, operation, exchange)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        description = Description(json.load(file))
    with open(sys.argv[2], encoding="utf-8") as file:
        exchanges = [json.loads(line) for line in file]
    problems = [
        f"{exchange['method']} {exchange['path']}: {problem}"
        for exchange in exchanges
        for problem in check(description, exchange)
    ]
    for problem in problems:
        print(problem)
    print(f"{len(exchanges)} exchanges, {len(problems)} problems")
    sys.exit(1 if problems or not exchanges else 0)


main()
