#!/bin/sh
# Replaces the file of the page /docs by the one of another version of @scalar/api-reference: $1, such as 1.76.0.
# Needs npm.
set -eu

version=$1
docs=$(pwd)/openapi/docs
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
cd "$away"
npm pack --silent "@scalar/api-reference@$version"
tar -xzf ./*.tgz
gzip -9nc package/dist/browser/standalone.js >"$docs/scalar.js.gz"
sed -i "s/api-reference [0-9.]*[0-9]/api-reference $version/" "$docs/LICENSE.scalar.txt"
