"""Runs a program under another user's id without opening anybody's folders to that user."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Each lets the program pass folders that are closed to its user. The first only reads; the
# second is the one that a container with Docker's default capabilities still has.
_CAPABILITIES = ("dac_read_search", "dac_override")


def command_prefix(uid: int, gid: int, *, program: Path, folder: Path) -> list[str] | None:
    """Give what to put before a command of root's so that it runs as `uid`, or None.

    The command has no right that `uid` lacks, except where `uid` cannot reach `program` and
    `folder`, as below a 0700 home: then it keeps one capability to pass closed folders. None means
    that `setpriv` (util-linux) is missing or that no way leads there.
    """
    for prefix in _prefixes(uid, gid):
        reaches = 'test -x "$1" && test -x "$2"'
        probe = ["/bin/sh", "-c", reaches, "sh", str(program), str(folder)]
        if subprocess.run([*prefix, *probe], capture_output=True, check=False).returncode == 0:
            return prefix
    return None


def _prefixes(uid: int, gid: int) -> Iterator[list[str]]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return
    drop = [setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    yield [*drop, "--inh-caps=-all"]
    for capability in _CAPABILITIES:
        # Without the secure bit, access(2) ignores the capabilities of everyone but root, and
        # PostgreSQL asks access(2) whether its own program can be run.
        raised = [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"]
        yield [*drop, "--securebits=+no_setuid_fixup", *raised]
