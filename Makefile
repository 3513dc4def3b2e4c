# mailgate: everything a newcomer types. Needs python3 (3.11 or newer) with venv, and make; the rest is fetched into .venv.
# `make` alone says what there is.

PYTHON ?= python3
WORKERS ?= 2
SECONDS ?= 1800
BIN := .venv/bin
CODE := mailgate tests bench
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo run test scores coverage check lint fmt lock bench bench-rules bench-parse fuzz growth clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## watch a customer and two agents talk through a desk (its files are in mailgate-demo/)
	@exec $(BIN)/mailgate demo $(ARGS)

run: $(READY) ## start the help desk (its files are in var/; the first time a small one is made)
	@test -e var/config.toml || $(BIN)/mailgate -q init var --first-steps
	@exec $(BIN)/mailgate -C var/config.toml serve

test: $(READY) ## the whole test-suite; `make test ARGS="-k smtp -x"` for a part, WORKERS=0 for one process
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

scores: $(READY) ## how well the corpus of real mail is read, fact by fact (it lies beside the repository)
	@$(BIN)/pytest -q -s -p no:randomly tests/cli/test_corpus_scores.py

coverage: $(READY) ## the suite with branch coverage of the pure packages
	@$(BIN)/pytest --cov --cov-report=term-missing:skip-covered $(ARGS)

check: lint test ## format, lint, types, imports, then the tests

lint: $(READY) ## the checks that are not tests; all of them, whichever fails
	@failed=0; check() { echo "$$1"; shift; "$$@" || failed=1; }; \
	check format  $(BIN)/ruff format --check --quiet --diff $(CODE); \
	check lint    $(BIN)/ruff check --quiet $(CODE); \
	check types   $(BIN)/mypy; \
	check imports $(BIN)/lint-imports --no-logo; \
	exit $$failed

fmt: $(READY) ## put the code in order
	@$(BIN)/ruff format --quiet $(CODE)
	@$(BIN)/ruff check --quiet --fix-only --select I $(CODE)

bench: $(READY) ## mails per second beside the floor and django-helpdesk; ARGS=--quick for one short round
	@$(BIN)/python -m bench.run $(ARGS)
	@$(BIN)/python -m bench.rules

bench-rules: $(READY) ## what it costs to read 500 rules, and a mail's way through 1,000
	@$(BIN)/python -m bench.rules

bench-parse: $(READY) ## CPU of reading a mail beside bare mail-parser; at most 2.2 times
	@$(BIN)/python -m bench.parsing $(ARGS)

fuzz: $(READY) ## search for a mail that defeats the reader; SECONDS=1800, what it finds is in .fuzz/
	@test -x .fuzz/venv/bin/python || { $(PYTHON) -m venv .fuzz/venv && .fuzz/venv/bin/python -m pip --disable-pip-version-check --quiet install atheris; }
	@MAILGATE_FUZZ=.fuzz PYTHONPATH="$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))'):." \
	    .fuzz/venv/bin/python -m tests.fuzz.parse -max_total_time=$(SECONDS) $(ARGS)

growth: $(READY) ## CPU and statements of a mail with 1,000 and with 200,000 tickets (minutes the first time)
	@$(BIN)/python -m bench.growth $(ARGS)

# uv reads the versions of every platform at once, which pip cannot; it lives in a venv of its own, as no code of ours needs it.
lock: ## renew requirements.lock from pyproject.toml; ARGS="--upgrade" takes newer versions
	@test -x .uv/bin/uv || { $(PYTHON) -m venv .uv && .uv/bin/python -m pip --disable-pip-version-check --quiet install uv; }
	@.uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header \
	    --extra dev $(ARGS) --output-file requirements.lock pyproject.toml
	@echo "requirements.lock is in step with pyproject.toml"

clean: ## remove what the other targets made, but never var/
	@rm -rf .venv .uv .fuzz .bench build *.egg-info .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(wildcard $(CODE)) -name __pycache__ -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mailgate needs Python 3.11 or newer; say which: make PYTHON=python3.12 ...")'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "making .venv (once; a minute or two)"; $(PYTHON) -m venv --clear .venv; }
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
