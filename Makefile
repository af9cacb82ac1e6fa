# The commands of this house. `make` alone lists them.
#
# Everything lives in .venv and is installed from requirements/*.lock, where each file is pinned by
# its hash. A stamp in .venv records each finished step, so a second call does nothing.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= $(or $(VIZIUM_PORT),8000)
MQTT_PORT ?= $(or $(VIZIUM_MQTT_PORT),1883)
# More words for pytest: make test ARGS="tests/bookings -k fund"
ARGS ?=
# Test processes at once, each with servers of its own.
WORKERS ?= 2

BIN := .venv/bin
STAMPS := .venv/stamps

.PHONY: help demo test check bench fmt .venv

help: ## list these commands
	@sed -n 's/^\([a-z.]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

demo: $(STAMPS)/run $(STAMPS)/broker ## run the sample centre on PORT (8000) and MQTT_PORT (1883)
	@VIZIUM_PORT=$(PORT) VIZIUM_MQTT_PORT=$(MQTT_PORT) exec $(BIN)/vizium demo

test: $(STAMPS)/dev $(STAMPS)/broker ## every test, on real SQLite, PostgreSQL, Mosquitto and Chromium
	@deploy/install-test-servers
	@exec $(BIN)/pytest --numprocesses $(WORKERS) $(ARGS)

check: $(STAMPS)/dev ## format, lint, types and the walls between packages
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: $(STAMPS)/dev ## format the code and mend what the linter can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

bench: $(STAMPS)/dev $(STAMPS)/broker ## every figure of the README, measured here
	@for file in benchmarks/[a-z]*.py; do \
	    printf '\n== %s\n' "$$file"; $(BIN)/python "$$file"; \
	done

.venv: $(STAMPS)/run $(STAMPS)/broker ## the environment alone
	@:

# Python 3.11 only: the locks are resolved for it. A .venv that works is kept.
$(STAMPS)/venv:
	@python=; \
	if .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; \
	then mkdir -p $(STAMPS); touch $@; exit 0; fi; \
	for candidate in python3.11 python3; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; \
	    then python="$$candidate"; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo 'vizium needs Python 3.11: install it so that "python3.11" starts it (Debian 12: apt-get install python3 python3-venv).' >&2; \
	    exit 1; \
	fi; \
	"$$python" -m venv --clear .venv || { \
	    echo 'Python 3.11 has no venv module here: install it (Debian 12: apt-get install python3-venv).' >&2; \
	    exit 1; \
	}; \
	mkdir -p $(STAMPS); touch $@

# uv only makes it fast (3 s against 40): where it has no wheel, or meets an index that it cannot
# read, pip does the same work from the same locks.
$(STAMPS)/uv: requirements/uv.lock | $(STAMPS)/venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
	    --require-hashes -r $< 2>.venv/pip.log || \
	    echo 'uv is not to be had here (.venv/pip.log says why); pip does the work, slower.' >&2
	@touch $@

# pip knows its index from its own configuration; uv is told of it.
define install
	@index="$${PIP_INDEX_URL:-$$($(BIN)/pip config get global.index-url 2>/dev/null || true)}"; \
	export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$$index}}"; \
	[ -n "$$UV_DEFAULT_INDEX" ] || unset UV_DEFAULT_INDEX; \
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(1) 2>.venv/uv.log || \
	    $(BIN)/pip install --quiet --disable-pip-version-check $(1)
endef

$(STAMPS)/run: requirements/run.lock pyproject.toml | $(STAMPS)/uv
	$(call install,--require-hashes -r $<)
	$(call install,--no-build-isolation --no-deps --editable .)
	@$(BIN)/python -m compileall -q vizium bookings exhibits edge
	@touch $@

$(STAMPS)/dev: requirements/dev.lock $(STAMPS)/run
	$(call install,--require-hashes -r $<)
	@touch $@

# The embedded broker has wheels for few kinds of machine; the house stands without it.
$(STAMPS)/broker: requirements/broker.lock | $(STAMPS)/uv
	$(call install,--only-binary :all: --require-hashes -r $<) 2>.venv/pip.log && touch $@ || \
	    echo 'The embedded MQTT broker cannot be installed here: set VIZIUM_MQTT_URL to a broker of yours, for example mqtt://localhost:1883.' >&2
