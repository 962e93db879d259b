#!/usr/bin/env bash
# Shows the main job on a small invented estate: three namespaces of a shop, two weeks of flows and audit events, and the
# GitOps repository that deploys it. Everything happens in a folder of its own; nothing outside of it is touched.
set -euo pipefail

program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$here/out
rm -rf "$work" && mkdir -p "$work" && cd "$work"
export LEASTWISE_CONFIG=$work/leastwise.yaml GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || step() { printf '\n== %s\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }
leastwise() { "$program" "$@"; }

# The repository that a team would have: a bare one, here.
git init -q --bare -b main gitops.git
git init -q -b main checkout && cp -r "$here/world/gitops/." checkout/
git -C checkout add -A
git -C checkout -c user.name=Ada -c user.email=ada@example.com commit -q -m "The shop"
git -C checkout push -q "$work/gitops.git" main

cat > leastwise.yaml <<YAML
cluster: prod
database: $work/leastwise.db
repository:
  url: file://$work/gitops.git
  path: apps/{namespace}
  cache: $work/cache
forge:
  kind: none
proposals:
  minimumMaturity: stabilizing
YAML

step "1. Observe: what the cluster declares, what its network did, what its API was asked"
run leastwise observe objects "$here/world/objects.json"
run leastwise observe hubble "$here/world/flows.ndjson.gz"
run leastwise observe audit "$here/world/audit.ndjson.gz"

step "2. Preview: what would be allowed, and what stands behind it"
run leastwise preview --namespace shop --output summary

step "3. The difference for one workload, against what the repository has"
run leastwise preview --workload shop/Deployment/api --kind network --output diff

step "4. Propose: a branch for the namespace, and the pull request's text"
run leastwise propose --scope shop

step "5. It is really there"
run git -C gitops.git log --oneline --decorate --all -n 3
run git -C gitops.git show --stat --format='%an: %s' leastwise/shop

step "6. Once more, nothing new: nothing happens"
run leastwise propose --scope shop
