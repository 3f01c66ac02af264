# Every target installs what it needs. PYTHON=… selects the Python for a new .venv.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run demo test e2e lint check clients fuzz faults attacks alerts-test databases replicas image image-test compose-test bench bench-quick format lock clean
.PHONY: environment lint-environment clients-environment policy-environment compose-environment
.PHONY: bench-environment bench-all-environment docker-engine

python := .venv/bin/python

# The caller's search path for Python modules must not affect this environment.
unexport PYTHONHOME PYTHONPATH
export PYTHON UPGRADE

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

run: environment ## Start the service with a PostgreSQL of its own; Ctrl-C stops both
	@$(python) -m tasks_api dev

demo: environment ## Start the frontend, the service and a PostgreSQL; Ctrl-C stops them. Needs Node.js
	@$(python) -m scripts.frontend demo

test: environment ## Run the tests against PostgreSQLs that they start and remove
	@$(python) -m pytest --numprocesses 4 --no-loadscope-reorder

e2e: environment ## Test every button of /docs and of the frontend in a browser. Needs Chromium, nginx, Node.js
	@$(python) -m pytest -m browser tests/http/boundary
	@$(python) -m scripts.frontend e2e

lint: lint-environment policy-environment ## Check style, types, imports, contract, frontend, migrations, deployment
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy
	@.venv/bin/lint-imports
	@$(python) -m openapi_spec_validator openapi/tasks.yaml
	@scripts/lint-contract.sh
	@$(python) -m scripts.lint_compatibility
	@scripts/lint-frontend.sh
	@scripts/lint-deployment.sh
	@$(python) -m scripts.lint_migrations

check: lint test ## Run lint, then test

clients: environment clients-environment ## Give the contract to generators, importers, mocks and validators. Needs a JDK
	@$(python) -m pytest -m clients --numprocesses 2 --no-loadscope-reorder tests/system/clients tests/system/importers tests/system/mock

fuzz: environment ## Search for requests that violate the contract, for longer than `make test` does
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-1000} FUZZ_SEED=$${FUZZ_SEED:-random} $(python) -m pytest -s tests/http/contract/test_fuzz.py

faults: environment ## Break PostgreSQL and the network, and write the results into docs/reliability.md
	@$(python) -m tests.system.faults $(FAULTS)

attacks: environment ## Attack as one user while another one works, and write the results into docs/reliability.md
	@$(python) -m tests.system.hostile $(ATTACKS)

alerts-test: environment ## Make the alerts of deploy/prometheus/ ring, and fill the dashboard. Needs Prometheus
	@promtool check rules deploy/prometheus/alerts.yaml
	@promtool test rules deploy/prometheus/alerts_test.yaml
	@$(python) -m pytest -m monitoring tests/system/monitoring

databases: environment ## Test against a PostgreSQL with TLS and two PgBouncers. Needs Debian's packages of both
	@scripts/next-pgbouncer.sh
	@$(python) -m pytest -m databases --numprocesses 2 --no-loadscope-reorder tests/system/databases tests/system/runbooks

replicas: environment ## Kill, replace and upgrade three replicas behind nginx under load
	@$(python) -m pytest -s -m replicas tests/system/replicas tests/database/checks

image: ## Build the image into build/image, without a registry; as root on Debian
	@scripts/build-image.sh

image-test: environment image ## Build the image, and test it
	@$(python) -m pytest -m image tests/system/image

compose-test: environment compose-environment docker-engine image ## Deploy as README and compose.yaml say, on a Docker engine; as root on Debian
	@scripts/docker-engine.sh $(python) -m pytest -s -m compose tests/system/compose

bench: bench-all-environment ## Compare the service with seven others, and write docs/performance.md (half an hour)
	@.venv-bench/bin/python -m bench compare

bench-quick: bench-environment ## Fail if the CPU for a request, relative to other services', has grown (three minutes)
	@.venv-bench/bin/python -m bench quick

format: lint-environment ## Format the code
	@$(python) -m ruff check --fix-only .
	@$(python) -m ruff format .

lock: ## Write requirements/*.txt from pyproject.toml; UPGRADE=1 takes the newest versions
	@scripts/lock.sh

clean: ## Remove what the other targets created, except the data of run (.local)
	@rm -rf .venv .venv-bench .venv-clients .venv-compose .venv-policy build dist scripts/contract-lint/node_modules tests/system/better_auth/node_modules
	@rm -rf tests/system/clients/*/generated tests/system/clients/node_modules tests/system/mock/node_modules
	@rm -rf tests/system/importers/node_modules
	@rm -rf tests/support/browser/node_modules
	@rm -rf bench/apps/*/node_modules frontend/node_modules frontend/.next frontend/.e2e frontend/next-env.d.ts
	@rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis
	@find . -name .local -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@scripts/set-up.sh dev

lint-environment:
	@scripts/set-up.sh lint

clients-environment:
	@scripts/set-up.sh clients

policy-environment:
	@scripts/set-up.sh policy

compose-environment:
	@scripts/set-up.sh compose

docker-engine:
	@scripts/docker-engine.sh docker compose version

bench-environment:
	@scripts/set-up.sh bench

bench-all-environment:
	@scripts/set-up.sh bench-all
