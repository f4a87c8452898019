# run · demo · test · thorough · submissions · check · bench: everything a newcomer, a developer and CI need.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# Whole suites start Python some hundred times: it keeps what it compiles.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run demo test tests thorough coverage covered submissions check format e2e upstream chaos kills bench screenshots schema completion man lock wheel image clean help
.DEFAULT_GOAL := help

help: ## show the targets
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

run: $(READY) ## open the console on the embedded cluster
	@$(BIN)/carla-console --local

demo: $(READY) ## the same run without a terminal; prints the merged results
	@$(BIN)/carla-console demo

# Side by side: the type checker has one core, and many tests wait for processes.
test: $(READY) ## all checks and all quick tests: three minutes on two cores
	@$(MAKE) --no-print-directory -j 2 check tests

# MEASURED=1: with branch coverage, which takes half as long again. So CI measures in its one run of them.
MEASURE := $(if $(MEASURED),--cov --cov-report json:.coverage.json --cov-report=)

# A file is read by the worker that runs it; half of what tests take they wait.
tests: $(READY) ## the tests of make test without its checks
	@rm -f .coverage.json
	@$(BIN)/python -m pytest -p tests.file_by_file -n 5 --dist loadfile --no-loadscope-reorder -m "not slow and not thorough" --durations 10 --durations-min 1 $(MEASURE)

# What make test has one or a few of: every seed, shell, mutation, and many examples of each property.
thorough: $(READY) ## the sweeps: what make test samples, in full
	@$(BIN)/python -m pytest -n 4 --dist loadfile -m "(thorough or hypothesis) and not slow" --hypothesis-profile thorough

coverage: $(READY) ## the tests of make test, with branch coverage by package; fails below 90 %
	@$(MAKE) --no-print-directory tests MEASURED=1
	@$(MAKE) --no-print-directory covered

covered: $(READY) ## what the last tests with MEASURED=1 have measured; fails below 90 %
	@$(BIN)/python -m tests.coverage_by_package .coverage.json 90

# Each of its tests is a cluster with dozens of processes: more of them at once only wait longer.
submissions: $(READY) ## whole submissions on the embedded cluster, from the launch to their end
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m slow

check: $(READY) ## style, types, architecture
	@$(BIN)/ruff check console tests
	@$(BIN)/ruff format --check console tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(READY) ## put the code into the house style
	@$(BIN)/ruff check --fix console tests
	@$(BIN)/ruff format console tests

# An inherited KUBECONFIG may be anybody's cluster: only one named on the command line is used.
ifeq ($(origin KUBECONFIG),command line)
EXISTING := E2E_EXISTING='$(KUBECONFIG)'
endif
e2e: $(READY) ## the same on a real Kubernetes (root, Linux, Go), or on your own: make e2e KUBECONFIG=FILE
	@E2E=1 $(EXISTING) $(BIN)/python -m pytest tests/e2e

upstream: $(READY) ## upstream's own evaluators in our Jobs: make upstream UPSTREAM=FOLDER (tests/upstream)
	@UPSTREAM='$(UPSTREAM)' PAIRS='$(PAIRS)' $(BIN)/python -m pytest -n 2 tests/upstream

chaos: $(READY) ## seeded faults on the embedded cluster: make chaos SEED=7 FAULTS=500 PAIRS=8
	@$(BIN)/python -m tests.chaos --seed $(or $(SEED),1) --faults $(or $(FAULTS),500) --pairs $(or $(PAIRS),4)

kills: $(READY) ## recorder and console killed at random in floods: make kills KILLS=200 SEED=12
	@KILLS=$(or $(KILLS),200) KILLS_SEED=$(or $(SEED),12) $(BIN)/python -m pytest -q -s -m slow \
	  tests/contract/test_recorder_outlives.py -k killed_again

bench: $(READY) ## measure speed and memory; what has an aim alone: make bench PART=aims UPSTREAM=FOLDER
	@UPSTREAM='$(UPSTREAM)' $(BIN)/python -m tests.benchmarks $(PART)

screenshots: $(READY) ## make the screenshots of README and guide from real runs
	@$(BIN)/python -m tests.screenshots .screenshots

schema: $(READY) ## cut console/specs/job_schema.json out of the embedded API's schemas
	@$(BIN)/python -m tests.job_schema

completion: $(READY) ## write what a Tab offers and the manual page, both from the parsers
	@$(BIN)/python -m tests.completion_grammar
	@$(BIN)/python -m tests.manual_page

man: completion ## read the manual page, made anew
	@man -l console/cli/carla-console.1

LOCK := uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header

# The second one is the part of the first that a user needs: the image installs it.
lock: ## renew .locks/ from pyproject.toml (needs uv)
	$(LOCK) --group development -o .locks/requirements.txt pyproject.toml
	$(LOCK) -c .locks/requirements.txt -o .locks/console.txt pyproject.toml

wheel: $(READY) ## the wheel and its lock file, in dist/
	@rm -rf dist && mkdir dist && cp .locks/console.txt dist/
	@$(BIN)/python -m hatchling build -t wheel -d dist

IMAGE   ?= leaderboard-recorder:$(shell sed -n 's/^VERSION = "\(.*\)"/\1/p' console/version.py)
BUILDER ?= $(firstword $(shell command -v docker podman buildah))

image: wheel ## the recorder's image, by docker, podman or buildah: make image IMAGE=NAME:TAG BASE=PYTHON
	$(or $(BUILDER),$(error docker, podman or buildah is missing)) build $(if $(BASE),--build-arg 'BASE=$(BASE)') -t '$(IMAGE)' -f Containerfile dist

$(READY): .locks/requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "carla-console needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@echo 'Setting up $(VENV): once, about a minute.'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .locks/requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

clean: ## remove the environment and every cache
	@rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis
