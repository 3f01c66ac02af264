#!/bin/sh
# Prints a Python that is new enough: $PYTHON where that is given, else the first that runs.

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

if [ -n "$PYTHON" ]; then
    set -- "$PYTHON"
else
    set -- python3 python3.14 python3.13 python3.12 python3.11
fi

for candidate in "$@"; do
    # A name on PATH proves nothing: pyenv's shims exist for versions that they cannot run.
    if "$candidate" -c "$new_enough" >/dev/null 2>&1; then
        printf '%s\n' "$candidate"
        exit 0
    fi
done

found=$("$1" -c 'import platform; print(platform.python_version())' 2>/dev/null)
echo "Python 3.11 or newer is needed, and $1 is ${found:-not there}:" \
    "install one, or name yours: make PYTHON=/path/to/python3.12" >&2
exit 1
