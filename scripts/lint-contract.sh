#!/bin/sh
# Holds the contract against the rules of Redocly, and by Spectral against those of OpenAPI, OWASP,
# Stoplight's for documentation, and IBM's validator: any finding fails. Needs the .venv of
# `make lint`, which brings Node.js along.
set -e

node=$(scripts/npm-ci.sh scripts/contract-lint .venv/bin/python)
packages=scripts/contract-lint/node_modules
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
"$node" "$packages/@redocly/cli/bin/cli.js" lint openapi/tasks.yaml
exec "$node" "$packages/@stoplight/spectral-cli/dist/index.js" lint openapi/tasks.yaml \
    --ruleset scripts/contract-lint/spectral.yaml --fail-severity hint --quiet
