#!/usr/bin/env bash
# Fuzzes the readers of what comes from outside, guided by coverage: scripts/fuzz.sh [TARGET...]
# FUZZ_SECONDS for each (60). What is found lies in .build/fuzz/crashes, made small, and makes this script fail.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-60}
work=.build/fuzz
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(hubble audit objects gzip zstd relay)

# gold, the default linker, fails on the sanitizers' symbols. Swift's backtracer hangs on a crash under libFuzzer.
# simdjson's headers are instrumented with what includes them, its kernels in the system's library are not.
export LEASTWISE_FUZZING=1 SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:malloc_context_size=3:quarantine_size_mb=32
swift build -c release --scratch-path "$work/build" --product leastwise-fuzz --sanitize=address \
    -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld -Xcc -fsanitize=fuzzer-no-link -Xcxx -fsanitize=fuzzer-no-link
program=$work/build/release/leastwise-fuzz
mkdir -p "$work/crashes"
rm -f "$work"/crashes/*.small
for crash in "$work"/crashes/*-*; do
    [ -e "$crash" ] || continue
    # What was found before and is mended.
    if "$program" "$(basename "$crash" | cut -d- -f1)" -timeout=10 "$crash" >/dev/null 2>&1; then rm "$crash"; fi
done

failed=0
for target in "${targets[@]}"; do
    corpus=$work/corpus/$target
    mkdir -p "$corpus"
    rm -rf "${work:?}/seeds/$target"
    "$program" "$target" --seeds "$work/seeds/$target"
    dictionary=()
    case $target in hubble | audit | objects) dictionary=(-dict=Fuzzing/json.dict) ;; esac
    echo "== $target, $seconds s"
    "$program" "$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 -max_len=2048 -print_final_stats=1 \
        "${dictionary[@]}" -artifact_prefix="$work/crashes/$target-" "$corpus" "$work/seeds/$target" \
        >"$work/$target.log" 2>&1 || failed=1
    grep -E '^(stat::number_of_executed_units|stat::average_exec|stat::peak_rss)' "$work/$target.log" || true
    grep -aE '^#[0-9]+.* cov: ' "$work/$target.log" | tail -n 1 || true
    grep -E 'Fatal error|ERROR: |SUMMARY' "$work/$target.log" | head -n 5 || true
done

for crash in "$work"/crashes/*; do
    case $crash in *'*' | *.small) continue ;; esac
    target=$(basename "$crash" | cut -d- -f1)
    "$program" "$target" -minimize_crash=1 -runs=20000 -max_total_time=20 -exact_artifact_path="$crash.small" "$crash" \
        >/dev/null 2>&1 || true
    echo "found: $crash (made small: $crash.small). Put it into Tests/Support/MalformedBodies, and mend what it shows." >&2
    failed=1
done
exit "$failed"
