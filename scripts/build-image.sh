#!/bin/sh
# Builds the image without a Docker engine and without a registry, as root on Debian, into
# build/image (or the folder that is given):
#   tasks-api.tar   the image, for `docker load` or `podman load`
#   rootfs          its file system, for a look inside or a chroot
#   inspect.json    its user, environment, entry point, health check and labels
# $BASE_IMAGE names another base than a fresh Debian with Python.
set -e

cd "$(dirname "$0")/.."
output=${1:-build/image}
certificates=${PIP_CERT:-${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "Building a file system takes root: run it with sudo, or in a virtual machine."
missing=
for program in buildah debootstrap; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
[ -z "$missing" ] || fail "Not installed:$missing (on Debian: apt install$missing)."
[ -r "$certificates" ] || fail "No certificates at $certificates (on Debian: apt install ca-certificates)."

away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
trap 'exit 1' HUP INT TERM

buildah() {
    command buildah --root "$away/storage" --runroot "$away/run" --storage-driver vfs "$@"
}

# Prints the folder that holds the file system of an image.
files_of() {
    buildah mount "$(buildah from --quiet --pull-never "$1")"
}

kilobytes() {
    du -sk "$1" | cut -f1
}

# Makes the base from the packages of the Debian mirror that this machine uses itself.
make_base() {
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $release" "Created-By: Packages" | head -n 1)
    [ -n "$mirror" ] || fail "apt knows no mirror of $release: run apt-get update."
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv \
        "$release" "$away/debian" "$mirror" >"$away/debootstrap.log" 2>&1 ||
        fail "debootstrap failed: $(tail -n 1 "$away/debootstrap.log")"
    (cd "$away/debian" && rm -rf dev/* var/cache/apt/* var/lib/apt/lists/* var/log/*)
    container=$(buildah from --quiet scratch)
    buildah add --quiet "$container" "$away/debian" / >/dev/null
    buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
    buildah commit --quiet "$container" "$1" >/dev/null
    buildah rm "$container" >/dev/null
    rm -rf "$away/debian"
}

# Where pip finds packages is this machine's affair: it is lent to the build, and not in the image.
lend_pip_settings() {
    echo '[global]'
    echo 'cert = /etc/ssl/certs/ca-certificates.crt'
    env | sed -n \
        -e 's/^PIP_INDEX_URL=/index-url = /p' \
        -e 's/^PIP_EXTRA_INDEX_URL=/extra-index-url = /p' \
        -e 's/^PIP_TRUSTED_HOST=/trusted-host = /p' \
        -e 's/^PIP_PROXY=/proxy = /p' \
        -e 's/^PIP_DEFAULT_TIMEOUT=/timeout = /p'
}

if [ -n "$BASE_IMAGE" ]; then
    buildah pull --quiet "$BASE_IMAGE" >/dev/null
else
    echo "Making a base: Debian with Python ..." >&2
    BASE_IMAGE=localhost/base
    make_base "$BASE_IMAGE"
fi

echo "Building the image ..." >&2
lend_pip_settings >"$away/pip.conf"
# The format of OCI has no place for a health check.
buildah bud --quiet --format docker --isolation chroot --pull-never \
    --build-arg BASE_IMAGE="$BASE_IMAGE" \
    --build-arg VERSION="$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)" \
    --build-arg REVISION="$(git describe --always --abbrev=40 --dirty --exclude='*' 2>/dev/null || echo unknown)" \
    --secret id=pip.conf,src="$away/pip.conf" \
    --volume "$certificates:/etc/ssl/certs/ca-certificates.crt:ro" \
    --tag localhost/tasks-api . >"$away/build.log" 2>&1 || fail "$(cat "$away/build.log")"

rm -rf "$output"
mkdir -p "$output"
base=$(files_of "$BASE_IMAGE")
built=$(files_of localhost/tasks-api)
cp -a "$built" "$output/rootfs"
buildah inspect --type image localhost/tasks-api >"$output/inspect.json"
buildah push --quiet localhost/tasks-api "docker-archive:$output/tasks-api.tar:tasks-api:latest"
total=$(kilobytes "$built")
above=$((total - $(kilobytes "$base")))
echo "Built $output: $((total / 1024)) MB, $((above / 1024)) MB of them above its base."
