# Two commands for everybody: `make run` and `make test`. The rest is for operators and developers.
PYTHON ?= python3
PORT ?= 8000
DATA_DIR ?= .data
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --no-input --disable-pip-version-check --progress-bar off --require-hashes
# What pip does, as a line a step, written over on a terminal: of itself it says nothing for a minute, or pages.
STEPS = { n=0; total=$$(cat $(1) | grep -c '^[a-zA-Z].*=='); while read -r word name rest; do case $$word in \
 Collecting|Processing) n=$$((n+1)); name=$${name\#\#*/}; name=$${name%%[=<>]*}; text="  package $$n of $$total: $${name%%-[0-9]*}";; \
 Installing) text="  installing them";; \
 Successfully) text="  done";; \
 *) continue;; esac; \
 if [ -t 1 ]; then printf '\r\033[K%s ' "$$text"; else echo "$$text"; fi; done; if [ -t 1 ]; then echo; fi; }

export REGISTRY_DATA_DIR ?= $(DATA_DIR)

.PHONY: run test one lint format migration bench bench-compare eval proof compose-test client contract examples tools secrets lock sbom audit clean
.DEFAULT_GOAL := run

.venv/runtime: requirements.lock
	@command -v $(PYTHON) >/dev/null || { echo "make: Python 3.11 or newer is needed: install it, or say PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed, $$($(PYTHON) --version) was found; say PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up the environment (once) ..."
	@$(PYTHON) -m venv .venv
	@{ $(PIP) -r requirements.lock && touch $@; } | $(call STEPS,requirements.lock); test $@ -nt requirements.lock

.venv/development: requirements-dev.lock .venv/runtime
	@echo "Setting up the tools of development (once) ..."
	@{ $(PIP) -r requirements.lock -r requirements-dev.lock && touch $@; } | $(call STEPS,requirements-dev.lock); \
	 test $@ -nt requirements-dev.lock

# The program `registry`, to be called from anywhere: the checkout is not installed, it is run where it lies.
.venv/bin/registry: Makefile | .venv/runtime
	@printf '#!/bin/sh\nPYTHONPATH="%s" exec "%s/$(BIN)/python" -m services "$$@"\n' "$(CURDIR)" "$(CURDIR)" > $@
	@chmod +x $@

run: .venv/runtime .venv/bin/registry
	@REGISTRY_AUTH=$${REGISTRY_AUTH:-off} REGISTRY_AUDIT=off REGISTRY_DEMO=$${REGISTRY_DEMO:-true} REGISTRY_HOST=127.0.0.1 REGISTRY_PORT=$(PORT) REGISTRY_WEBHOOKS_INSIDE=$${REGISTRY_WEBHOOKS_INSIDE:-true} \
	 REGISTRY_WORKER_PROCESS=$$($(BIN)/python -c 'import os; print(os.cpu_count() > 1)') \
	 REGISTRY_LOG_FORMAT=console REGISTRY_LOG_LEVEL=$${REGISTRY_LOG_LEVEL:-warning} \
	 exec $(BIN)/python -m services run embedded

test: .venv/development tools
	@$(BIN)/python -m tests.run

# A path (tests/money, tests/api/test_feed.py::test_…) or an expression of names (T="funds and not bad").
one: .venv/development
	@$(BIN)/python -m tests.one '$(T)'

lint: .venv/development
	@$(BIN)/python -m tests.run --lint-only

format: .venv/development
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

migration: .venv/development
	@$(BIN)/python -m tests.migration '$(M)'

bench: .venv/development tools
	@$(BIN)/python -m tests.bench $(T)

bench-compare: .venv/development
	@$(BIN)/python -m tests.bench.compare $(A) $(B) $(T)

eval: .venv/development
	@$(BIN)/python -m tests.eval

proof: .venv/development
	@$(BIN)/python -m tests.run --proof

# On a container engine; ONLY names some of the steps.
compose-test: .venv/development
	@$(BIN)/python -m tests.compose $(ONLY)

# The Python client's types and operations, from the OpenAPI document.
client: .venv/development
	@$(BIN)/python -m tests.generating

# What callers were promised, a line each; refuses what would take a promise back.
contract: .venv/development
	@$(BIN)/python -m tests.contract

examples: .venv/development
	@$(BIN)/python -m tests.recording

# Linters of the documents, of pages, of migrations and of Kubernetes, and the browser that looks at them (Debian, as root). Where one
# cannot be had its test skips and says so.
tools:
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	 echo "Installing Chromium for the tests of the page ..."; \
	 { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
	 || echo "make: Chromium could not be installed; the page will not be looked at"; fi
	@if ! [ .venv/linters/made -nt tests/tools/linters.lock ]; then $(PYTHON) -m venv .venv/linters \
	 && .venv/linters/bin/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes -r tests/tools/linters.lock \
	 && touch .venv/linters/made || echo "make: the linters of migrations, dashboards and Kubernetes could not be installed"; fi
	@if command -v npm >/dev/null && ! [ tests/tools/node_modules/.package-lock.json -nt tests/tools/package-lock.json ]; then \
	 cd tests/tools && npm ci --silent --no-audit --no-fund --ignore-scripts || echo "make: the linters of the documents could not be installed"; fi

secrets:
	@$(PYTHON) deploy/make_secrets.py

lock: .venv/development
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --exclude-newer "1 week" --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --exclude-newer "1 week" --custom-compile-command "make lock" --group dev -c requirements.lock -o requirements-dev.lock
	@$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --exclude-newer "1 week" --custom-compile-command "make lock" tests/tools/linters.in -o tests/tools/linters.lock

# What the image is made of, and its licences.
sbom: .venv/development
	@$(BIN)/python -m tests.licences

# Known vulnerabilities of what is locked; tools and data are fetched, and where they are not reached it says so.
audit: .venv/development
	@$(BIN)/python -m venv .venv/audit && .venv/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit 2>/dev/null || \
	 { echo "make: pip-audit could not be had; nothing was looked up"; exit 0; }; \
	 said=$$(.venv/audit/bin/pip-audit --progress-spinner off --disable-pip --require-hashes -r requirements.lock 2>&1); code=$$?; \
	 missing=$$(echo "$$said" | grep -c 'could not be audited'); echo "$$said" | grep -v 'could not be audited' | tail -n 40; \
	 if [ "$$missing" != 0 ]; then echo "make: $$missing packages were NOT looked up: the index does not tell of vulnerabilities"; fi; \
	 case "$$said" in *onnection*|*"imed out"*) echo "make: the data was not reached; nothing was looked up";; *) exit $$code;; esac

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .complexipy_cache .evidence
