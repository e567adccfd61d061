# Build, test and show Regiohelix. `make help` lists what there is to run.
# Needs GNU make, a POSIX shell and Python 3.11; everything else goes into .venv from the hashed locks.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# The quick ones first, so that a plain mistake shows before a broker has started.
KINDS := unit architecture properties contracts integration acceptance faults browser
KINDS_PRESENT := $(foreach kind,$(KINDS),$(if $(wildcard tests/$(kind)/test_*.py),$(kind)))
PACKAGES := schemas connectors node hub $(if $(wildcard demo/__main__.py),demo)

# As many processes as JOBS; a file stays in one, so that what its tests share is made once. Each has its own real parts.
# Which files go first says tests/support/dear_first.py.
JOBS ?= 1
SIDE_BY_SIDE := $(if $(filter-out 0 1,$(JOBS)),--numprocesses=$(JOBS) --dist=loadfile --no-loadscope-reorder)
PYTEST := $(BIN)/python -m pytest

SUITE := $(addprefix tests/,$(KINDS_PRESENT))
# What failed beside others is asked once more, alone and one at a time; the first that fails again ends it.
ASK_AGAIN = printf '\n== failed beside others, asked again alone: each is to be mended all the same\n' && \
	$(PYTEST) $(SUITE) --last-failed --last-failed-no-failures=none --maxfail=1 -rA $(PYTEST_ARGS)

# pytest ends with 5 where it found no test.
RUN_KIND = $(PYTEST) tests/$(1) $(SIDE_BY_SIDE) $(PYTEST_ARGS) || \
	{ code=$$?; test $$code -eq 5 && echo "no test of this kind yet: $(1)" || exit $$code; }

# It warns of every line whose finding is argued; its words are shown when something is left.
BANDIT := $(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(PACKAGES) client

.DEFAULT_GOAL := help
.PHONY: help demo test check bench nightly soak screenshots audit lock clean system-parts $(addprefix test-,$(KINDS))

help:
	@echo "make demo           show the whole path, on http://127.0.0.1:PORT until stopped (ONCE=1: run through and end)"
	@echo "make test           the whole suite (REQUIRE_REAL=1: a missing real part is a failure, not a skip; JOBS=2: in two processes;"
	@echo "                    AGAIN=1: what failed beside others is asked once more, alone, and named)"
	@echo "make test-KIND      one kind of test: $(KINDS)"
	@echo "make check          style, types, import rules, published schemas"
	@echo "make bench          what things cost, beside a reference, as a table and as bench.json (ONLY=backbone: one part)"
	@echo "make nightly        the long tests: hundreds of fault runs, whole data sets"
	@echo "make soak           an hour of steady load (MINUTES=60)"
	@echo "make screenshots    the pictures of README and docs, taken anew from the demonstration"
	@echo "make audit          known weaknesses of the locked dependencies, where an advisory source can be reached"
	@echo "make lock           resolve requirements/*.txt again from pyproject.toml"
	@echo "make clean          remove .venv and everything that was generated"

# ONCE and PORT reach the demonstration through its environment: make exports what its command line sets.
demo: $(VENV)/.demo-stamp
	$(BIN)/python -m demo

# 1 is pytest's code for tests that failed; after anything else (a broken run) there is nothing to ask again.
test: $(VENV)/.dev-stamp system-parts
	$(PYTEST) $(SUITE) $(SIDE_BY_SIDE) $(PYTEST_ARGS) || \
	{ code=$$?; test "$(AGAIN)" = 1 && test $$code -eq 1 || exit $$code; $(ASK_AGAIN); }

$(addprefix test-,$(KINDS)): test-%: $(VENV)/.dev-stamp
	@$(if $(filter $*,$(KINDS_PRESENT)),$(call RUN_KIND,$*),echo "no test of this kind yet: $*")

check: $(VENV)/.dev-stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(addprefix -p ,$(PACKAGES) regiohelix_client)
	$(BIN)/lint-imports --config importlinter.ini
	$(BIN)/python -m schemas check
	@$(BANDIT) 2>/dev/null || $(BANDIT)

bench: export REGIOHELIX_BENCH_SCALE ?= $(or $(SCALE),1)
bench: $(VENV)/.dev-stamp system-parts
	$(BIN)/python -m tests.bench $(ONLY)

# The long set of fault runs prints its seeds; REGIOHELIX_FAULT_RUNS and REGIOHELIX_FAULT_SEED say which.
nightly: export REGIOHELIX_FAULT_RUNS ?= 220
nightly: export REGIOHELIX_FAULT_SEED ?= 1000
nightly: $(VENV)/.dev-stamp system-parts
	$(PYTEST) tests/faults $(PYTEST_ARGS)
	$(PYTEST) tests -m nightly $(PYTEST_ARGS)

soak: $(VENV)/.dev-stamp system-parts
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),60)

screenshots: $(VENV)/.dev-stamp system-parts
	$(BIN)/python -m tests.browser.pictures

audit: $(VENV)/.dev-stamp
	@for lock in requirements/*.txt; do echo "$$lock"; \
		$(BIN)/pip-audit --requirement $$lock --require-hashes --disable-pip --progress-spinner off || exit 1; done

# Browser, database server and Java are no Python packages; root may have them installed, others are told.
system-parts:
	@sh .ci/system-parts

COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links

# The widest first: the others hold to it, so that one environment can have them all.
lock: $(VENV)/.dev-stamp
	$(COMPILE) --all-extras -o requirements/dev.txt
	$(COMPILE) --constraint requirements/dev.txt --extra node --extra kafka --extra postgres -o requirements/node.txt
	$(COMPILE) --constraint requirements/dev.txt --extra hub --extra kafka --extra postgres -o requirements/hub.txt
	$(COMPILE) --constraint requirements/dev.txt --extra node --extra hub -o requirements/demo.txt

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .demo build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# A stamp is as old as the last installation from its lock; both locks agree, so one environment holds both.
$(VENV)/.%-stamp: requirements/%.txt | $(BIN)/python
	$(PIP) install --require-hashes -r $<
	@touch $@
