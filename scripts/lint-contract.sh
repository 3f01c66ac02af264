#!/bin/sh
# Holds the contract against Redocly's recommended rules: any finding fails. Needs the .venv of
# `make lint`, which brings Node.js along.

node=$(scripts/npm-ci.sh scripts/contract-lint .venv/bin/python) || exit 1
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
exec "$node" scripts/contract-lint/node_modules/@redocly/cli/bin/cli.js lint openapi/tasks.yaml
