#!/bin/sh
# Takes an image out of a Docker engine and puts it where the tests of the image look for it:
# scripts/unpack-image.sh tasks-api
set -e

cd "$(dirname "$0")/.."
output=${2:-build/image}
rm -rf "$output"
mkdir -p "$output/rootfs"
container=$(docker create "$1")
trap 'docker rm "$container" >/dev/null' EXIT
docker export "$container" | tar --extract --numeric-owner --directory "$output/rootfs"
docker image inspect --format '{"Docker":{"config":{{json .Config}}}}' "$1" >"$output/inspect.json"
