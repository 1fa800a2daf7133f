# One command per intention, the same words here, in the README and in CI.
# `make run` and `make test` need Python 3.11 or newer (with venv) and make, nothing else.

PYTHON ?= python3
BIN := .venv/bin
SET_UP := $(PYTHON) core/operations/setup.py
# A database that a test throws away need not outlive a power cut: PostgreSQL does not wait for its disk.
SERVICES := KEGUAN_TEST_POSTGRES="$${KEGUAN_TEST_POSTGRES:-postgresql+psycopg://root@127.0.0.1:5432/test?options=-csynchronous_commit%3Doff}" \
            KEGUAN_TEST_REDIS="$${KEGUAN_TEST_REDIS:-redis://127.0.0.1:6379/15}"
SLOWEST := --durations=25 --durations-min=5
PROVE ?= whole
NEEDS_ONLY_PYTHON := not (postgres or redis or browser or bench or planted)

# Compiled once and kept: the commands start dozens of times in the tests, and migrations are loaded hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev test test-all services lint format trace prove planted bench shots import-check docs lock assets-review

help:            ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup       ## set everything up and serve with demo data on http://127.0.0.1:8080 (HOST, PORT, KEGUAN_DATA)
	@exec $(BIN)/python app.py run

setup:           ## only set up: environment, packages, translations, browser assets
	@$(SET_UP)

setup-dev:
	@$(SET_UP) --dev

test: setup-dev  ## the tests that need nothing but Python
	@$(BIN)/pytest -q -n 2 --dist worksteal $(SLOWEST) tests $(APART) -m "$(NEEDS_ONLY_PYTHON)"

test-all: setup-dev services  ## the tests that need PostgreSQL, Redis and Chromium; a missing one is a failure
	@$(SERVICES) KEGUAN_TEST_ALL=1 $(BIN)/pytest -q -n 3 --dist worksteal $(SLOWEST) tests -m "(postgres or redis or browser) and not bench and not planted$(if $(SPARED), and not ($(SPARED)))"

services: setup-dev
	@$(SERVICES) bash .ci/services

lint: setup-dev  ## style, types, import contracts, translations, templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/architecture

format: setup-dev  ## bring the code into the form that lint asks for
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

trace: setup-dev  ## per module: requirements with a passing proof, and those without
	@$(BIN)/python -m tests.trace

prove: setup-dev services  ## every harness that writes build/evidence at full size, on both databases: hours
	@$(SERVICES) KEGUAN_TEST_ALL=1 KEGUAN_PROVE=whole $(BIN)/pytest -q -n 2 --dist worksteal tests -m "not planted"
	@KEGUAN_PROVE=whole $(BIN)/pytest -q tests -m planted
	@KEGUAN_PROVE=whole $(BIN)/python -m tests.evidence

planted: setup-dev  ## every planted hole, and the harness that catches it
	@KEGUAN_PROVE=$(PROVE) $(BIN)/pytest -q tests/planted -m planted

bench: setup-dev  ## time and memory beside a vanilla Flask-AppBuilder, of the import, the export gate and the trail
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.browsing
	@$(BIN)/python -m bench.importing
	@$(BIN)/python -m bench.exporting
	@$(BIN)/python -m bench.trail

shots: setup-dev  ## a picture of every page, both languages, desktop and phone
	@$(BIN)/python -m tests.browser.shots

import-check: setup-dev services  ## import the real company list and a whole real business, on both databases; fails where they are missing
	@$(BIN)/python -m tests.import_check
	@$(SERVICES) $(BIN)/python -m tests.business_check

docs: setup-dev  ## the reference pages that are written by the program itself
	@$(BIN)/python -m docs.build

lock: setup-dev  ## choose the versions anew after a change in requirements*.in
	@$(BIN)/python -m core.operations.lock $(PACKAGES)

assets-review: setup-dev  ## after an upgrade in package.json: write down the hashes of the new browser files
	@$(BIN)/python -m core.operations.assets review
