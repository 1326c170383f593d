# Everything a developer does with Clerkwell. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 8000
BIN := .venv/bin
PYTHON := $(BIN)/python
LOCK := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes --no-emit-index-url --no-emit-find-links
# Modules that decide without looking anything up: every branch of theirs is tested.
PURE := chalicelib/record.py,chalicelib/dates.py,chalicelib/*/workflow.py,chalicelib/*/rules.py
# The slow folders come first, so that no process is left alone with one of them in the end.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Make .venv, node_modules and the test tools (quick when already made)
	@infra/local/setup.sh

.PHONY: run
run: ## Start the app with an embedded AWS and a demo council (PORT=8000)
	@infra/local/setup.sh run
	@$(MAKE) assets
	@exec $(PYTHON) -m infra.local --port $(PORT)

.PHONY: test
test: setup ## Run every check: lint, types, build, tests, coverage
	@$(MAKE) lint
	@$(MAKE) assets
	@$(MAKE) package
	@$(PYTHON) -m coverage erase
	@$(PYTHON) -m pytest --cov --cov-report= --durations=15 $(SIDE_BY_SIDE)
	@$(MAKE) coverage

.PHONY: coverage
coverage: ## Report the coverage of the last full run of the tests
	@$(PYTHON) -m coverage report --skip-covered
	@$(PYTHON) -m coverage report --include='$(PURE)' --precision=2 --fail-under=100

.PHONY: lint
lint: ## Check style, types and imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

.PHONY: format
format: ## Put the code into the agreed form
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

.PHONY: assets
assets: ## Build the style sheets into build/assets
	@$(PYTHON) -m infra.assets

.PHONY: package
package: ## Build build/deployment.zip and build/template.yaml
	@infra/local/setup.sh run
	@$(PYTHON) -m infra.build

.PHONY: deploy
deploy: ## Put a stage into AWS (STAGE=live ANSWERS=file; PACKAGE=id goes back; YES=1)
	@test -n "$(PACKAGE)" || $(MAKE) package
	@$(PYTHON) -m infra.deploy "$(STAGE)" $(if $(ANSWERS),--answers "$(ANSWERS)") $(if $(BUCKET),--bucket "$(BUCKET)") \
	  $(if $(PACKAGE),--package "$(PACKAGE)") $(if $(YES),--yes)

.PHONY: verify
verify: ## Say whether a stage in AWS works, and what is still missing (STAGE=live)
	@$(PYTHON) -m infra.check_stage "$(STAGE)"

.PHONY: teardown
teardown: ## Take a stage out of AWS and keep its data (STAGE=trial)
	@$(PYTHON) -m infra.teardown "$(STAGE)" $(if $(YES),--yes)

.PHONY: bench
bench: setup ## Print the measured figures as ratios
	@$(MAKE) package
	@$(PYTHON) -m infra.bench
	@$(PYTHON) -m tests.checker.measure

.PHONY: lock
lock: ## Lock the Python and npm dependencies again (UPGRADE=--upgrade for newer ones)
	@$(LOCK) $(UPGRADE) -o requirements.txt requirements.in
	@$(LOCK) $(UPGRADE) -o requirements-dev.txt requirements-dev.in
	@npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --loglevel=error

.PHONY: clean
clean: ## Remove what the build made (not .venv, node_modules or the test tools)
	@rm -rf build/assets build/deployment.zip build/template.yaml build/package .chalice/deployments vendor
