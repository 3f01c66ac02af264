#!/bin/sh
# Fills a folder with the file system of a base image: a Debian with the Python of the Dockerfile's base,
# or the release that this machine has if it is no Debian, from the mirror that this machine uses itself.
# As root: scripts/debian-base.sh FOLDER
set -e

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

[ "$(id -u)" = 0 ] || fail "Building a file system takes root: run it with sudo, or in a virtual machine."
command -v debootstrap >/dev/null || fail "Not installed: debootstrap (on Debian: apt install debootstrap)."
here=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $here" "Created-By: Packages" | head -n 1)
[ -n "$mirror" ] || fail "apt knows no mirror of $here: run apt-get update."
release=$here
! (. /etc/os-release && [ "$ID" = debian ]) || release=trixie

echo "Making a base: Debian with Python ..." >&2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv \
    "$release" "$1" "$mirror" >"$log" 2>&1 || fail "debootstrap failed: $(tail -n 1 "$log")"
cd "$1"
rm -rf dev/* var/cache/apt/* var/lib/apt/lists/* var/log/*
