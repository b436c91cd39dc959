# Clausewatch: `make help` lists what there is to type.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV := .venv
BIN := $(VENV)/bin
# The first Python from 3.11 to 3.13 that really starts (a pyenv shim may only say that it does not).
PYTHON ?= $(shell for name in python3 python python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 \
	&& { echo "$$name"; break; }; done)
UV := $(shell command -v uv 2>/dev/null)
ARGS ?=
ROUNDS ?= 10
# While a process waits for Kafka or a browser, others go on. Groups need a pytest-xdist that knows this pytest: 3.8 sets
# a name that pytest 9.2 no longer reads, so that each process starts what it needs.
AT_ONCE ?= --numprocesses 3 --dist loadgroup
SEED ?=
INPUTS ?= 20000

# From one set of pinned, hashed requirements, then the rooms themselves, editable, fetching nothing more.
ifneq ($(UV),)
MAKE_VENV = "$(UV)" venv --quiet --seed --allow-existing --python "$$(command -v $(PYTHON))" $(VENV)
PIP_INSTALL = "$(UV)" pip install --quiet --python $(BIN)/python
else
MAKE_VENV = $(PYTHON) -m venv $(VENV) || { echo "✖ $(PYTHON) cannot make a virtual environment" >&2; \
	echo "  → on Debian and Ubuntu: apt-get install python3-venv; or install uv" >&2; rm -rf $(VENV); exit 2; }
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: help install install-dev up test lint audit fuzz mutants year kill bench screenshots docs lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' \
		| awk -F'\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'

install: $(VENV)/.installed ## Make .venv with the pinned dependencies and clausewatch in it

install-dev: $(VENV)/.installed-dev ## The same with what tests and lint need

up: install ## Start everything and show the pages; ARGS='--no-demo --workers 2'
	@exec $(BIN)/clausewatch up $(ARGS)

test: install-dev ## Run all tests; as root also installs the system packages they need
	@.ci/system-packages
	@$(BIN)/python -m pytest --durations=15 $(AT_ONCE) $(ARGS)

lint: install-dev ## ruff, mypy, import contracts, licences
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.house.licences

audit: $(BIN)/python ## Known weaknesses of the pinned packages; asks the package index for them
	@$(BIN)/python -m venv .cache/audit
	@.cache/audit/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-audit.txt
	@.cache/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt \
		|| { echo "✖ weak, or not looked at: see above" >&2; \
		echo "  → take the fixed version; where the index tells of no weaknesses, run it where one does" >&2; exit 1; }

fuzz: install-dev ## The decoder under INPUTS=20000 records guided by coverage
	@$(PIP_INSTALL) --require-hashes --only-binary :all: -r requirements-fuzz.txt \
		|| echo "▲ atheris cannot be installed here (it is for Linux): the inputs are not guided" >&2
	@$(BIN)/python -m tests.fuzz --inputs $(INPUTS) $(ARGS)

mutants: install-dev ## Change each rule and see that a scenario notices; ARGS='crm_1 facts' for some
	@$(PIP_INSTALL) --no-deps --require-hashes --only-binary :all: -r requirements-mutants.txt
	@nice -n 10 $(BIN)/python -m tests.mutants $(ARGS)

year: install-dev ## A simulated year of 20,000 people through the audit: precision and recall
	@nice -n 10 $(BIN)/python -m tests.year $(ARGS)

kill: install-dev ## ROUNDS=10 of faults over a real Kafka: killed, frozen, cut off, disks full; SEED=n repeats
	@.ci/system-packages
	@$(BIN)/python -m tests.kill --rounds $(ROUNDS) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: install-dev ## Measure throughput, latency, memory; ARGS go to the benchmark
	@.ci/system-packages
	@$(BIN)/python -m tests.benchmarks $(ARGS)

screenshots: install-dev ## Pictures of every page, in .cache/screenshots
	@.ci/system-packages
	@$(BIN)/python -m tests.support.screenshots --out .cache/screenshots $(ARGS)

docs: install ## Write the page of each clause anew, and the Data Docs in .cache/policy
	@$(BIN)/clausewatch policy docs --out .cache/policy
	@rm -rf expectations/docs/clauses && cp -r .cache/policy/clauses expectations/docs/clauses

lock: ## Pin the requirements anew, with hashes and without index addresses (needs uv)
	@command -v uv >/dev/null || { echo "✖ make lock needs uv" >&2; echo "  → https://docs.astral.sh/uv" >&2; exit 2; }
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-annotate --no-header --extra dev -c requirements.txt \
		pyproject.toml -o requirements-dev.txt
	echo 'pip-audit' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header - -o requirements-audit.txt
	echo 'atheris==3.0.0' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header - -o requirements-fuzz.txt
	printf 'cosmic-ray==8.7.0\nparso\n' | uv pip compile --quiet --universal --python-version 3.11 --no-deps \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header - -o requirements-mutants.txt

clean: ## Remove .venv and the caches; data in .clausewatch stays
	rm -rf $(VENV) .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .grimp_cache

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "✖ no Python from 3.11 to 3.13 is on the PATH" >&2; \
		echo "  → install one, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 2; fi
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "✖ $(PYTHON) is no Python from 3.11 to 3.13" >&2; \
		echo "  → name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(MAKE_VENV)

# The test requirements hold the others: who has them needs no second installation.
$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned dependencies into $(VENV) (the first time this takes some minutes) …"
	@$(PIP_INSTALL) --require-hashes -r requirements.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned dependencies and the test tools into $(VENV) …"
	@$(PIP_INSTALL) --require-hashes -r requirements-dev.txt
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed
