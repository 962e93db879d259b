"""Checks the objects of a YAML file against Kubernetes' schemas: check-manifests.py FOLDER FILE.

Each object has to be of a kind whose schema is in the folder. Prints how many there were, or each fault.
"""

import json
import sys
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012


class UniqueKeyLoader(yaml.SafeLoader):
    """A key that stands twice is a fault: the API server drops one of the two."""


def mapping(loader, node):
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.YAMLError(f"{node.start_mark}: the key {key} stands twice")
    return dict(zip(keys, [loader.construct_object(value, deep=True) for _, value in node.value]))


UniqueKeyLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def schema_name(document):
    group, _, version = document["apiVersion"].rpartition("/")
    words = [document["kind"].lower()] + ([group.split(".")[0]] if group else []) + [version]
    return "-".join(words) + ".json"


def main(folder, file):
    folder = Path(folder)
    definitions = json.loads((folder / "_definitions.json").read_text())
    registry = Registry().with_resource("/api/_definitions.json", DRAFT202012.create_resource(definitions))
    count, faults = 0, 0
    for document in yaml.load_all(Path(file).read_text(), Loader=UniqueKeyLoader):
        if document is None:
            continue
        count += 1
        name = f"{document['kind']} {document['metadata']['name']}"
        path = folder / schema_name(document)
        if not path.exists():
            print(f"{name}: there is no schema {path.name}")
            faults += 1
            continue
        validator = Draft202012Validator(json.loads(path.read_text()), registry=registry)
        for error in validator.iter_errors(document):
            print(f"{name}: {error.json_path}: {error.message[:500]}")
            faults += 1
    if faults == 0:
        print(count)
    return 1 if faults else 0


sys.exit(main(*sys.argv[1:]))
