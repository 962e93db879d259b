#!/usr/bin/env bash
# Measures how fast a store's edges are learned: estates of 200, 2,000 and 20,000 workloads with fifty edges each. Fails if
# the largest takes more than 10 s or 1 GiB, or if an edge costs more than twice as much as in the next smaller estate.
#
#     Benchmarks/learning.sh PROGRAM LEARNING-BENCHMARK [EDGES...]
#
# `learn` is the whole job, of which reading the store is a part; its cost an edge is counted in processor time, which other
# work on the machine does not change much. `preview` is the whole process, with the judge's replay.
set -euo pipefail

program=$(realpath "$1")
learning=$(realpath "$2")
shift 2
sizes=("${@:-}")
[ -n "${sizes[0]}" ] || sizes=(10000 100000 1000000)
here=$(cd "$(dirname "$0")" && pwd)
data=${LEASTWISE_BENCH_DATA:-${TMPDIR:-/tmp}/leastwise-bench}

# Estates are kept between runs, stores are made anew: the program that is measured also wrote them.
observe() { # EDGES
    local folder=$data/learning-$1
    if [ ! -s "$folder/complete" ]; then
        echo "making an estate of $1 edges" >&2
        mkdir -p "$folder"
        python3 "$here/Learning/make_estate.py" $(($1 / 50)) "$1" "$folder"
        echo "$1" > "$folder/complete"
    fi
    rm -f "$folder/bench.db"*
    "$program" observe objects --database "$folder/bench.db" --cluster bench "$folder/objects.json" > "$folder/out"
    "$program" observe hubble --database "$folder/bench.db" --cluster bench "$folder/flows.ndjson" >> "$folder/out"
}

status=0
refuse() { echo "over the bound: $1" >&2; status=1; }

previous=
measure() { # EDGES
    local learned held policies reading job processor peak preview memory
    eval "$("$learning" "$data/learning-$1/bench.db" bench)"
    /usr/bin/time -f '%e %M' -o "$data/time" "$program" preview --database "$data/learning-$1/bench.db" --cluster bench \
        > "$data/learning-$1/preview"
    read -r preview memory < "$data/time"
    edge=$(awk -v s="$processor" -v n="$1" 'BEGIN { printf "%.2f", s * 1e6 / n }')
    printf "$form" "$1" "$learned" "$policies" "$reading" "$job" "$processor" "$edge" "$peak" "$preview" "$((memory / 1024))"
    [ "$learned" -eq "$1" ] && [ "$held" -eq 0 ] || refuse "all edges must be learned, none held back ($held were)"
    [ "$peak" -lt 1024 ] || refuse "1 GiB for learning"
    awk -v s="$job" -v n="$1" 'BEGIN { exit !(s < 10 * (n < 1e6 ? 1 : n / 1e6)) }' || refuse "10 s for a million edges"
    [ -z "$previous" ] || awk -v a="$previous" -v b="$edge" 'BEGIN { exit !(b <= 2 * a) }' ||
        refuse "twice the cost of an edge in the smaller estate"
    previous=$edge
}

form='%9s %9s %9s %10s %8s %8s %8s %9s %10s %13s\n'
printf "$form" edges learned policies 'reading s' 'learn s' 'CPU s' 'us/edge' 'peak MiB' 'preview s' 'its peak MiB'
for edges in "${sizes[@]}"; do
    observe "$edges"
    measure "$edges"
done
exit "$status"
