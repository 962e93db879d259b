#!/usr/bin/env bash
# Compares `leastwise observe` with C++ programs (reference/) that extract the same fields with simdjson and aggregate
# them, in turn on the same file. Fails if it needs more than twice their CPU time, or 128 MiB.
#
#     Benchmarks/run.sh PROGRAM [ROUNDS]
#
# The records come from the generators in the shared tools beside the checkout (or where LEASTWISE_SHARED points), a
# million lines each; without them the demo's records are repeated to as many.
set -euo pipefail

program=$(realpath "$1")
rounds=${2:-3}
here=$(cd "$(dirname "$0")" && pwd)
shared=${LEASTWISE_SHARED:-$here/../../shared}
data=${LEASTWISE_BENCH_DATA:-${TMPDIR:-/tmp}/leastwise-bench}
lines=${LEASTWISE_BENCH_LINES:-1000000}
mkdir -p "$data"
make -s -C "$here/reference" OUT="$data"

generate() { # SOURCE GENERATOR DEMO
    [ -s "$data/$1.ndjson" ] && return
    echo "making $lines records: $1" >&2
    if [ -f "$shared/tools/$2" ]; then
        python3 "$shared/tools/$2" "$lines" "$data/$1.part" "$data/$1.truth"
    else
        # A file, since `head` would end a pipe early.
        gunzip -c "$here/../demo/world/$3" > "$data/$1.once"
        while [ "$(wc -l < "$data/$1.part" 2>/dev/null || echo 0)" -lt "$lines" ]; do cat "$data/$1.once" >> "$data/$1.part"; done
    fi
    mv "$data/$1.part" "$data/$1.ndjson"
}

# Prints "CPU-SECONDS KIB" of a command.
measure() {
    /usr/bin/time -f '%U %S %M' -o "$data/time" "$@" > "$data/out" 2>&1
    awk '{ printf "%.2f %d\n", $1 + $2, $3 }' "$data/time"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

status=0
compare() { # SOURCE REFERENCE
    : > "$data/ratios" && : > "$data/ours" && : > "$data/theirs" && : > "$data/memory"
    for _ in $(seq "$rounds"); do
        rm -f "$data/bench.db"*
        read -r ours memory < <(measure "$program" observe "$1" --database "$data/bench.db" --cluster bench "$data/$1.ndjson")
        read -r theirs _ < <(measure "$data/$2" "$data/$1.ndjson")
        echo "$ours" >> "$data/ours"; echo "$theirs" >> "$data/theirs"; echo "$memory" >> "$data/memory"
        awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.3f\n", a / b }' >> "$data/ratios"
    done
    ratio=$(median < "$data/ratios"); memory=$(sort -n "$data/memory" | tail -n 1)
    printf '%-8s %8s %12s %8s %10s\n' "$1" "$(median < "$data/ours")" "$(median < "$data/theirs")" "$ratio" "$((memory / 1024)) MiB"
    awk -v r="$ratio" -v m="$memory" 'BEGIN { exit !(r <= 2.0 && m <= 128 * 1024) }' || status=1
}

generate hubble gen_flows.py flows.ndjson.gz
generate audit gen_audit.py audit.ndjson.gz
printf '%-8s %8s %12s %8s %10s   (median of %s rounds, %s records)\n' source 'CPU s' 'reference' 'ratio' 'peak' "$rounds" "$lines"
compare hubble flows
compare audit audit
[ "$status" -eq 0 ] || echo "over the bound: at most 2.0 times the reference's CPU time, and 128 MiB" >&2
exit "$status"
