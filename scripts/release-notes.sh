#!/bin/sh
# Prints what CHANGELOG.md says of a version, without its heading: scripts/release-notes.sh v1.2.3
set -e

cd "$(dirname "$0")/.."
awk -v heading="## [${1#v}]" '
    index($0, "## [") == 1 { is_wanted = index($0, heading) == 1; next }
    is_wanted
' CHANGELOG.md
