#!/bin/sh
# Says whether a tag is one that can be released: scripts/check-release.sh v1.2.3
set -e

cd "$(dirname "$0")/.."
version=${1#v}
is=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
contract=$(sed -n 's/^  version: //p' openapi/tasks.yaml)

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

[ "$1" != "$version" ] || fail "A tag is v and the version: v$is, not $1."
[ "$version" = "$is" ] || fail "The tag is $1, but pyproject.toml says $is: change one of them."
grep -qE "^## \[$version\] - [0-9]{4}-[0-9]{2}-[0-9]{2}$" CHANGELOG.md ||
    fail "CHANGELOG.md has no section [$version] with a date: make it of what is unreleased."
grep -qF "### Contract $contract" CHANGELOG.md ||
    fail "CHANGELOG.md does not say what is new in the contract $contract."
cmp -s openapi/tasks.yaml "openapi/released/$contract.yaml" ||
    fail "openapi/released/$contract.yaml is not openapi/tasks.yaml: copy it, or give the contract a new version."
