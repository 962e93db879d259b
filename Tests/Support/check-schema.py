"""Checks every document of a YAML file against a JSON schema: check-schema.py SCHEMA FILE."""

import json
import sys
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012


def strict(schema):
    """Custom resources may leave their `spec` open; an API server would drop what is not named in it."""
    spec = schema.get("properties", {}).get("spec", {})
    if "properties" in spec:
        spec.setdefault("additionalProperties", False)
    return schema


def main(schema_path, file_path):
    schema = strict(json.loads(Path(schema_path).read_text()))
    registry = Registry()
    version = Path(schema_path).parent.name.split("-")[0]
    definitions = Path(schema_path).parent / "_definitions.json"
    pruned = Path(schema_path).parent.parent / f"{version}-definitions-pruned.json"
    for path in (definitions, pruned):
        if path.exists():
            content = json.loads(path.read_text())
            registry = registry.with_resource("/api/_definitions.json", DRAFT202012.create_resource(content))
            break
    validator = Draft202012Validator(schema, registry=registry)
    count = 0
    for document in yaml.safe_load_all(Path(file_path).read_text()):
        count += 1
        for error in validator.iter_errors(document):
            print(f"document {count}: {error.json_path}: {error.message[:500]}")
            return 1
    print(count)
    return 0


sys.exit(main(*sys.argv[1:]))
