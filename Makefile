# On a fresh machine, use `make run` or `make test`. They build everything they need in .venv.
# `make help` lists the rest.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -qq --require-hashes

# Parallel test processes: one per core, as in CI.
TEST_PROCESSES ?= 2
PYTEST := $(BIN)/python -m pytest -q -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder
# Arguments for pytest: make test ARGS="-k clock -x"
ARGS ?=

.PHONY: help
help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- The environment ---------------------------------------------------------------------------------------

$(VENV)/.made:
	@PYTHON="$(PYTHON)" sh scripts/make_environment.sh $(VENV)
	@touch $@

$(VENV)/.runtime: requirements.lock $(VENV)/.made
	@echo "Installing what the product needs (once) ..."
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.made
	@echo "Installing what development needs (once) ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@

.PHONY: setup dev
setup: $(VENV)/.runtime ## build .venv for the product
dev: $(VENV)/.dev ## build .venv for development too

# --- Running -----------------------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/.runtime ## start the product at http://127.0.0.1:8000/ (PORT and CPOR_DATA_DIR are honoured)
	@exec $(BIN)/python -m cpor.supervisor

# --- Testing -----------------------------------------------------------------------------------------------

.PHONY: test test-servers
test: $(VENV)/.dev ## run the tests (with PostgreSQL or Redis if TEST_DATABASE_URL, TEST_REDIS_URL are set)
	@$(PYTEST) $(ARGS)

test-servers: $(VENV)/.dev ## run all tests, on PostgreSQL and Redis servers started for them and stopped afterwards
	@$(BIN)/python -m scripts.servers $(PYTEST) $(ARGS)

# --- Checking: each part alone, and everything that CI does ---------------------------------------------------------

CHECKS := format lint templates scripts types imports migrations deploy documents test-sqlite test-postgres

.PHONY: check $(addprefix check-,$(CHECKS))
check: $(VENV)/.dev ## everything that CI does; reports every failure and each part's time against its budget
	@$(BIN)/python -m scripts.check

$(addprefix check-,$(CHECKS)): $(VENV)/.dev
	@$(BIN)/python -m scripts.check $(@:check-%=%)

.PHONY: fmt
fmt: $(VENV)/.dev ## format the code and fix what can be fixed automatically
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

.PHONY: docs
docs: $(VENV)/.dev ## update the generated documents
	@$(BIN)/python manage.py render_docs

.PHONY: audit
audit: $(VENV)/.dev ## look for known vulnerabilities in installed packages (uses a database on the network)
	@$(BIN)/python -m scripts.audit

.PHONY: bench
bench: $(VENV)/.dev ## measure the main paths against their floors, on a PostgreSQL server of its own
	@$(BIN)/python -m benchmarks $(ARGS)

# --- For maintainers ---------------------------------------------------------------------------------------

# Needs uv; set UV to its path. The lock files name no index, since that depends on the machine that installs.
UV ?= uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

.PHONY: lock upgrade
lock: ## update the lock files after a change of pyproject.toml (needs uv)
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --group dev --constraints requirements.lock --output-file requirements-dev.lock

upgrade: ## take the newest versions that pyproject.toml allows (needs uv)
	$(COMPILE) --upgrade pyproject.toml --output-file requirements.lock
	$(COMPILE) --upgrade pyproject.toml --group dev --constraints requirements.lock \
		--output-file requirements-dev.lock

.PHONY: clean
clean: ## remove build results; data in var/ stays
	rm -rf $(VENV) staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
