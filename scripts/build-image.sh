#!/bin/sh
# Builds the image, as root on Debian, into build/image (or the folder that is given):
#   tasks-api.tar   the image, for `docker load` or `podman load`
#   rootfs          its file system, for a look inside or a chroot
#   inspect.json    its user, environment, entry point, health check and labels
# It builds with a Docker engine, and tags the image `tasks-api` there; where none is installed, with
# buildah. Neither needs a registry: the base is a fresh Debian with Python. $BASE_IMAGE names another.
set -e

cd "$(dirname "$0")/.."
output=${1:-build/image}
certificates=${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

answers() {
    docker info >/dev/null 2>&1
}

if ! answers && PATH="/usr/sbin:$PATH" command -v dockerd >/dev/null; then
    exec scripts/docker-engine.sh "scripts/$(basename "$0")" "$@"
fi
[ "$(id -u)" = 0 ] || fail "Building a file system takes root: run it with sudo, or in a virtual machine."
answers || command -v buildah >/dev/null ||
    fail "Not installed: a Docker engine (on Debian: apt install docker.io iptables debootstrap), or buildah."
[ -r "$certificates" ] || fail "No certificates at $certificates (on Debian: apt install ca-certificates)."

away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
trap 'exit 1' HUP INT TERM

buildah() {
    command buildah --root "$away/storage" --runroot "$away/run" --storage-driver vfs "$@"
}

# Where pip finds packages is this machine's affair: it is lent to the build, and not in the image.
lend_pip_settings() {
    echo '[global]'
    echo 'cert = /run/secrets/pip.crt'
    env | sed -n \
        -e 's/^PIP_INDEX_URL=/index-url = /p' \
        -e 's/^PIP_EXTRA_INDEX_URL=/extra-index-url = /p' \
        -e 's/^PIP_TRUSTED_HOST=/trusted-host = /p' \
        -e 's/^PIP_PROXY=/proxy = /p' \
        -e 's/^PIP_DEFAULT_TIMEOUT=/timeout = /p'
}

# Runs a command that builds, with the arguments that every builder takes.
build() {
    lend_pip_settings >"$away/pip.conf"
    "$@" --quiet \
        --build-arg VERSION="$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)" \
        --build-arg REVISION="$(git describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null || echo unknown)" \
        --secret id=pip.conf,src="$away/pip.conf" \
        --secret id=pip.crt,src="$certificates" \
        . >"$away/build.log" 2>&1 || fail "$(cat "$away/build.log")"
}

build_with_docker() {
    base=${BASE_IMAGE:-$(sed -n 's/^ARG BASE_IMAGE=//p' Dockerfile)}
    if [ -n "$STAND_INS" ] && ! docker image inspect "$base" >/dev/null 2>&1; then
        scripts/debian-base.sh "$away/debian"
        tar --directory "$away/debian" --create . | docker import --change "ENV PATH=$search_path" - "$base" >/dev/null
    fi
    echo "Building the image with Docker ..." >&2
    build docker build --build-arg BASE_IMAGE="$base" --tag tasks-api
    scripts/unpack-image.sh tasks-api "$output"
    docker save --output "$output/tasks-api.tar" tasks-api
    total=$(($(docker image inspect --format '{{.Size}}' tasks-api) / 1000000))
    above=$((total - $(docker image inspect --format '{{.Size}}' "$base") / 1000000))
}

# Prints the folder that holds the file system of an image.
files_of() {
    buildah mount "$(buildah from --quiet --pull-never "$1")"
}

megabytes() {
    du -s --block-size=1MB "$1" | cut -f1
}

base_with_buildah() {
    scripts/debian-base.sh "$away/debian"
    container=$(buildah from --quiet scratch)
    buildah add --quiet "$container" "$away/debian" / >/dev/null
    buildah config --env PATH="$search_path" "$container"
    buildah commit --quiet "$container" "$1" >/dev/null
    buildah rm "$container" >/dev/null
    rm -rf "$away/debian"
}

build_with_buildah() {
    base=${BASE_IMAGE:-localhost/base}
    if [ -n "$BASE_IMAGE" ]; then
        buildah pull --quiet "$base" >/dev/null
    else
        base_with_buildah "$base"
    fi
    echo "Building the image with buildah ..." >&2
    # The format of OCI has no place for a health check.
    build buildah bud --format docker --isolation chroot --pull-never \
        --build-arg BASE_IMAGE="$base" --tag localhost/tasks-api
    files=$(files_of "$base")
    built=$(files_of localhost/tasks-api)
    rm -rf "$output"
    mkdir -p "$output"
    cp -a "$built" "$output/rootfs"
    buildah inspect --type image localhost/tasks-api >"$output/inspect.json"
    buildah push --quiet localhost/tasks-api "docker-archive:$output/tasks-api.tar:tasks-api:latest"
    total=$(megabytes "$built")
    above=$((total - $(megabytes "$files")))
}

search_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if answers; then
    build_with_docker
else
    build_with_buildah
fi
echo "Built $output: $total MB, $above MB of them above its base."
