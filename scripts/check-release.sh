#!/bin/sh
# Says whether a tag is one that can be released: scripts/check-release.sh v1.2.3
set -e

cd "$(dirname "$0")/.."
version=${1#v}
is=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

[ "$1" != "$version" ] || fail "A tag is v and the version: v$is, not $1."
[ "$version" = "$is" ] || fail "The tag is $1, but pyproject.toml says $is: change one of them."
grep -qF "## [$version]" CHANGELOG.md ||
    fail "CHANGELOG.md has no section [$version]: make it of what is unreleased."
