# Needs a Python 3.11 or newer and a C compiler with that Python's headers; makes its own environment in .venv.
#   make test PYTHON=python3.12     another interpreter (make clean first, if .venv was made with a different one)
#   make test ARGS='tests/laws -x'  further words for pytest
PYTHON ?= python3
HYPOTHESIS_PROFILE ?= ci
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
BOSTON := rules/boston-311/data/boston311_sample.jsonl.gz
ENGINE := $(BIN)/python -W ignore -c 'import durable_rules_engine'

# durable_rules calls PyEval_CallObject, which left Python in 3.13: without this it builds, and then cannot be imported.
# Older headers define the name themselves and win, so it is set for every version.
export CPPFLAGS += -DPyEval_CallObject=PyObject_CallObject
export HYPOTHESIS_PROFILE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test compiled nightly watched check bench clean interpreter

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: .venv/installed ## hold a real city to its own time limits, with the people who answer
	$(BIN)/accountability check rules
	$(BIN)/accountability test rules
	$(BIN)/accountability run rules/boston-311 --events $(BOSTON) --at 2026-04-13T00:00:00-04:00
	$(BIN)/python examples/boston_311.py

# One process a core; with ARGS=-n0 in a single one, to use a debugger.
test: .venv/installed ## run every test (HYPOTHESIS_PROFILE=ci unless told otherwise: dev, ci, nightly)
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)
	@$(if $(ARGS),,$(MAKE) --no-print-directory compiled)

# Laws of how a rule file is written and read judge nothing, and take long.
WRITING := $(addprefix tests/laws/test_,deciding_laws.py fmt_laws.py generated_rules.py readback_laws.py spelling_laws.py)
JUDGING := tests/contracts tests/golden tests/regressions $(filter-out $(WRITING),$(wildcard tests/laws/test_*.py))

compiled: build/compiled ## what judges events, compiled to C, held to the same laws
	PYTHONPATH=$< $(BIN)/python -m pytest -n auto --dist worksteal $(or $(ARGS),$(JUDGING))

# From a copy of the sources, for beside them it would be taken for them from then on.
build/compiled: pyproject.toml constraints.txt $(shell find src -name '*.py') | .venv/installed
	rm -rf build/source $@
	mkdir -p build/source
	cp -R pyproject.toml README.md LICENSE src build/source
	CPPFLAGS= HATCH_BUILD_HOOK_ENABLE_MYPYC=1 $(PIP) --no-deps --no-build-isolation --target $@ ./build/source

# What C does with memory shows where freed memory is filled with rubbish, and where every access is checked: the second needs a build
# of its own, and a compiler that comes with libasan. Python must not keep memory of its own meanwhile, or little would be seen.
C_ENGINE := tests/contracts/test_logic_port.py tests/laws/test_matchers_agree.py
LIBASAN = $(shell $(CC) -print-file-name=libasan.so)

nightly: HYPOTHESIS_PROFILE := nightly
nightly: .venv/installed ## every law with 20,000 examples, and the C engine where its memory is watched
	MALLOC_PERTURB_=165 PYTHONMALLOC=malloc $(BIN)/python -m pytest -n auto --dist worksteal $(C_ENGINE) $(ARGS)
	@if [ -e '$(LIBASAN)' ]; then $(MAKE) --no-print-directory watched HYPOTHESIS_PROFILE=$(HYPOTHESIS_PROFILE); else \
	  echo 'make: $(CC) has no libasan, so the C engine was not run under it' >&2; fi
	$(BIN)/python -m pytest -n auto --dist worksteal tests/laws $(ARGS)

watched: build/asan
	LD_PRELOAD='$(LIBASAN)' ASAN_OPTIONS=detect_leaks=0 PYTHONMALLOC=malloc PYTHONPATH=build/asan$${PYTHONPATH:+:$$PYTHONPATH} \
	  $(BIN)/python -m pytest -n 0 $(C_ENGINE) $(ARGS)

build/asan: .venv/installed
	rm -rf $@
	CFLAGS='-fsanitize=address -fno-omit-frame-pointer -g' LDFLAGS=-fsanitize=address \
	  $(PIP) --no-deps --no-cache-dir --no-binary durable_rules --target $@ durable_rules

check: .venv/installed ## lint, check types, check that each part sees only what lies below it
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

bench: .venv/installed-bench build/compiled ## measure events per second beside other rule engines (ARGS=50000 for a quick look)
	$(BIN)/python benchmarks/language.py
	$(BIN)/python benchmarks/organisation.py
	$(BIN)/python benchmarks/packs.py
	$(BIN)/python benchmarks/horizon.py stream --events 200000 --horizon 5
	$(BIN)/python benchmarks/horizon.py open --obligations 100000
	$(BIN)/python benchmarks/workload.py $(ARGS)

clean: ## remove the environment and everything that was made here
	rm -rf .venv build dist .hypothesis .mypy_cache .ruff_cache .pytest_cache .import_linter_cache benchmarks/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Only a PYTHON that somebody asked for can disagree with the environment that is there.
interpreter:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'make: $(PYTHON) is not a Python 3.11 or newer; name one, such as: make test PYTHON=python3.12' >&2; exit 1; }
ifneq ($(origin PYTHON),file)
	@[ ! -x $(BIN)/python ] || [ "$$($(PYTHON) -V)" = "$$($(BIN)/python -V)" ] || \
	  { echo "make: .venv has $$($(BIN)/python -V) and $(PYTHON) is $$($(PYTHON) -V); run make clean first" >&2; exit 1; }
endif

.venv/bin/python: | interpreter
	$(PYTHON) -m venv .venv

# durable_rules comes first and is compiled here: a wheel from pip's cache may have been built without the flag above.
# One that cannot be imported is built anew; if that fails too, the library's own matcher is used, so it is no reason to stop.
.venv/installed: pyproject.toml constraints.txt | interpreter .venv/bin/python
	@$(ENGINE) 2>/dev/null || $(PIP) --no-deps --no-cache-dir --no-binary durable_rules --force-reinstall durable_rules || \
	  { echo 'make: durable_rules has to be compiled: a C compiler and the headers of this Python are needed' >&2; exit 1; }
	$(PIP) --editable '.[dev]'
	@$(ENGINE) || echo 'make: durable_rules is built but cannot be imported; the slower matcher in plain Python takes its place' >&2
	@touch $@

.venv/installed-bench: .venv/installed
	$(PIP) --editable '.[dev,bench]'
	@touch $@
