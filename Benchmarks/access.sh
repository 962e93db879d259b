#!/usr/bin/env bash
# Measures how fast roles are learned from a million audit events of 300 subjects, all in one pass, and how fast the grants
# that exist are reviewed. Fails if either takes more than 2 s or 256 MiB, or if the review finds a grant unused that was
# made from these very requests.
#
#     Benchmarks/access.sh PROGRAM
#
# The events come from the generator in the shared tools beside the checkout (or where LEASTWISE_SHARED points); without it
# the demo's records are repeated to as many. `run.sh` uses the same file.
set -euo pipefail

program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
shared=${LEASTWISE_SHARED:-$here/../../shared}
data=${LEASTWISE_BENCH_DATA:-${TMPDIR:-/tmp}/leastwise-bench}
lines=${LEASTWISE_BENCH_LINES:-1000000}
mkdir -p "$data"

if [ ! -s "$data/audit.ndjson" ]; then
    echo "making $lines records" >&2
    if [ -f "$shared/tools/gen_audit.py" ]; then
        python3 "$shared/tools/gen_audit.py" "$lines" "$data/audit.part" "$data/audit.truth"
    else
        gunzip -c "$here/../demo/world/audit.ndjson.gz" > "$data/audit.once"
        while [ "$(wc -l < "$data/audit.part" 2>/dev/null || echo 0)" -lt "$lines" ]; do cat "$data/audit.once" >> "$data/audit.part"; done
    fi
    mv "$data/audit.part" "$data/audit.ndjson"
fi

leastwise() { "$program" "$@" --database "$data/access.db" --cluster bench; }
status=0
measure() { # NAME COMMAND...
    local name=$1 seconds memory
    shift
    /usr/bin/time -f '%e %M' -o "$data/time" "$program" "$@" --database "$data/access.db" --cluster bench > "$data/$name.out"
    read -r seconds memory < "$data/time"
    printf '%-18s %8s s %8s MiB\n' "$name" "$seconds" "$((memory / 1024))"
    awk -v s="$seconds" -v m="$memory" 'BEGIN { exit !(s <= 2.0 && m <= 256 * 1024) }' || { echo "over the bound: $name" >&2; status=1; }
}

rm -f "$data/access.db"*
leastwise observe audit "$data/audit.ndjson" | head -n 1
measure learning preview --kind rbac --output yaml
echo "$(grep -c '^kind: .*Role$' "$data/learning.out") roles, $(grep -c '^kind: .*Binding$' "$data/learning.out") bindings"

# The roles as a cluster would have them: every one of their rules is used.
python3 - "$data/learning.out" "$data/access-objects.json" <<'PYTHON'
import json, sys, yaml
items = list(yaml.load_all(open(sys.argv[1]), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
json.dump({"apiVersion": "v1", "kind": "List", "items": items}, open(sys.argv[2], "w"))
PYTHON
leastwise observe objects "$data/access-objects.json" > "$data/objects.out"
measure review preview --unused --output json
python3 - "$data/review.out" <<'PYTHON' || { echo "a grant that was made from requests is called unused" >&2; status=1; }
import json, sys
report = json.load(open(sys.argv[1]))
sys.exit(bool(report["unused"] or report["neverSeen"]))
PYTHON
exit $status
