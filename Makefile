# Every verb sets up what it needs. PYTHON=… names the Python that a new .venv is made with.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run demo test e2e lint check fuzz faults replicas image image-test bench bench-quick format lock clean
.PHONY: environment lint-environment bench-environment

python := .venv/bin/python

# What the caller's shell says about Python's modules is not for this environment.
unexport PYTHONHOME PYTHONPATH
export PYTHON UPGRADE

help: ## List the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

run: environment ## Start the service with a PostgreSQL of its own; Ctrl-C stops both
	@$(python) -m tasks_api dev

demo: environment ## Start the frontend, the service and a PostgreSQL; Ctrl-C stops them. Needs Node.js
	@$(python) -m scripts.frontend demo

test: environment ## Run the whole test suite against PostgreSQLs that it starts and removes
	@$(python) -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder

e2e: environment ## Try every button of the frontend in a browser. Needs Node.js and Chromium
	@$(python) -m pytest -m browser tests/http/boundary
	@$(python) -m scripts.frontend e2e

lint: lint-environment ## Check style, types, imports, contract, frontend, migrations, deployment
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy
	@.venv/bin/lint-imports
	@$(python) -m openapi_spec_validator openapi/tasks.yaml
	@scripts/lint-contract.sh
	@scripts/lint-frontend.sh
	@scripts/lint-deployment.sh
	@$(python) -m scripts.lint_migrations

check: lint test ## Run lint, then test

fuzz: environment ## Search for requests that break the contract, longer than test does
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-1000} $(python) -m pytest -s tests/http/contract/test_fuzz.py

faults: environment ## Break PostgreSQL and the network under load, and write down what came of it
	@$(python) -m tests.system.faults $(FAULTS)

replicas: environment ## Kill, replace and upgrade three replicas behind nginx under load
	@$(python) -m pytest -s -m replicas tests/system/replicas tests/database/checks

image: ## Build the image without a Docker engine, into build/image; as root on Debian
	@scripts/build-image.sh

image-test: environment image ## Build the image, and try what is in it
	@$(python) -m pytest -m image tests/system/image

bench: bench-environment ## Compare the service with three others, and write docs/performance.md (20 minutes)
	@.venv-bench/bin/python -m bench compare

bench-quick: bench-environment ## Fail where a lead falls below 80 % of what every round so far has reached
	@.venv-bench/bin/python -m bench quick

format: lint-environment ## Put the code into shape
	@$(python) -m ruff check --fix-only .
	@$(python) -m ruff format .

lock: ## Write requirements/*.txt anew from pyproject.toml; UPGRADE=1 takes the newest versions
	@scripts/lock.sh

clean: ## Remove what the other verbs made, except the data of run (.local)
	@rm -rf .venv .venv-bench build dist scripts/contract-lint/node_modules tests/system/better_auth/node_modules
	@rm -rf frontend/node_modules frontend/.next frontend/.e2e frontend/next-env.d.ts
	@rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis
	@find . -name .local -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@scripts/set-up.sh dev

lint-environment:
	@scripts/set-up.sh lint

bench-environment:
	@scripts/set-up.sh bench
