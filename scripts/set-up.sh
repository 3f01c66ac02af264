#!/bin/sh
# Makes .venv hold what requirements/$1.txt names ("dev", or "lint", which is dev and more), or
# .venv-bench what the benchmark needs ("bench" for the services in Python, or "bench-all"), or
# .venv-clients what generates clients ("clients"), .venv-policy what reads the manifests ("policy"), or
# .venv-compose Docker Compose ("compose"), or says in one line what is in the way. Does nothing where that is
# done already.

wanted=$1
venv=.venv
first=dev
case $wanted in
bench*)
    venv=.venv-bench
    first=bench
    ;;
clients | compose | policy)
    venv=.venv-$wanted
    first=$wanted
    ;;
esac
log=$venv/set-up.log

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

# A stamp holds this, so that a new lock file and a moved checkout are both noticed.
state_of() {
    pwd
    cksum "requirements/$1.txt"
}

is_done() {
    [ -f "$venv/$1.stamp" ] && [ "$(state_of "$1")" = "$(cat "$venv/$1.stamp")" ]
}

# Tells the reasons apart that a newcomer can do something about.
reason() {
    if grep -qiE 'no space left|disk quota' "$log"; then
        echo "the disk is full"
    elif grep -qiE 'NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution|Network is unreachable|SSLError|Connection (refused|reset|broken|aborted)' "$log"; then
        echo "the package index cannot be reached, and the first run needs the network"
    elif grep -q 'DO NOT MATCH THE HASHES' "$log"; then
        echo "a download is not the file that the lock file names"
    elif grep -q 'No matching distribution found' "$log"; then
        echo "a package of the lock file has no build for this Python or machine"
    else
        echo "pip failed"
    fi
}

pip() {
    PIP_USER=0 "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
        --retries 2 --timeout 15 --no-deps --no-compile "$@" >>"$log" 2>&1 ||
        fail "Cannot set up $venv: $(reason) (see $log)."
}

make_venv() {
    python=$(scripts/find-python.sh) || exit 1
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        fail "$python lacks its venv module: install it (on Debian: apt install python3-venv)."
    rm -rf "$venv" 2>/dev/null || fail "Cannot remove $venv, which belongs to another user: remove it."
    mkdir "$venv" 2>/dev/null || fail "Cannot write to $(pwd): run as its owner."
    "$python" -m venv "$venv" >>"$log" 2>&1 || fail "Cannot set up $venv: venv failed (see $log)."
}

if is_done "$wanted" && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

# Only an environment that is known to be whole is added to. After an interruption or a change of
# the lock file it is made again, so it never holds what no lock file names.
if is_done "$first" && "$venv/bin/python" -c '' 2>/dev/null; then
    rm -f "$venv"/*.stamp
else
    make_venv
fi
echo "Setting up $venv from requirements/$wanted.txt (this once; about half a minute) ..." >&2
pip --require-hashes -r "requirements/$wanted.txt"
# The clients are for those who have the contract and nothing else; manifests and Compose are no Python.
case $wanted in
clients | compose | policy) ;;
*) pip --no-build-isolation -e . ;;
esac
for each in "$first" "$wanted"; do
    state_of "$each" >"$venv/$each.stamp"
done
