#!/bin/sh
# Runs a command with a Docker engine: scripts/docker-engine.sh docker info
#
# That is the engine which answers already, or else one that is started for the command, as root, from
# Debian's packages docker.io and iptables. Such an engine keeps its images and its build cache in
# build/docker, so that a second run is quick. It has no registry: $STAND_INS tells the command to make
# what a registry would give. `docker compose` is the one of .venv-compose, if that is there.
set -e

cd "$(dirname "$0")/.."

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

if docker info >/dev/null 2>&1; then
    exec "$@"
fi

# Debian's client builds with BuildKit by itself; others need a plug-in.
export PATH="/usr/sbin:/usr/bin:$PATH"
missing=
for program in dockerd iptables; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -z "$missing" ] || fail "Not installed:$missing (on Debian: apt install docker.io iptables)."
[ "$(id -u)" = 0 ] || fail "A Docker engine takes root: run it with sudo, or in a virtual machine."

# What is asked for another engine shall not ask this one.
unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH
mkdir -p build/docker
exec 9>build/docker.lock
flock 9

# The path of a socket may have 107 characters only.
away=$(mktemp -d)
export DOCKER_HOST="unix://$away/docker.sock" DOCKER_CONFIG="$away/config" DOCKER_BUILDKIT=1 STAND_INS=1
mkdir -p "$DOCKER_CONFIG/cli-plugins"
for compose in "$PWD"/.venv-compose/lib/python3*/site-packages/compose/docker-compose; do
    [ ! -x "$compose" ] || ln -s "$compose" "$DOCKER_CONFIG/cli-plugins/"
done

dockerd --data-root "$PWD/build/docker" --exec-root "$away/run" --pidfile "$away/pid" \
    --host "$DOCKER_HOST" >build/docker.log 2>&1 9>&- &
engine=$!
end() {
    kill "$engine" 2>/dev/null || true
    wait "$engine" || true
    umount "$away"/run/netns/* 2>/dev/null || true # Left by containers with --network host.
    rm -rf "$away"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

waited=0
until docker info >/dev/null 2>&1; do
    kill -0 "$engine" 2>/dev/null && [ "$waited" -lt 120 ] ||
        fail "dockerd does not start: $(tail -n 1 build/docker.log)"
    waited=$((waited + 1))
    sleep 0.5
done

# What an interrupted run has left.
docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
docker volume ls --quiet | xargs --no-run-if-empty docker volume rm >/dev/null
docker network prune --force >/dev/null

"$@" 9>&-
