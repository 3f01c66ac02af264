"""The fault suite: `python -m tests.faults [part of a name ...]`.

Ends with 0 if every promise was kept. Without arguments, it writes the table of
`docs/reliability.md`.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

from tests.faults.catalog import FAULTS
from tests.faults.machine import described
from tests.faults.pgbouncer import PgBouncer, program
from tests.faults.postgres import Postgres
from tests.faults.result import Result
from tests.faults.scenario import play
from tests.faults.table import rendered, write

_PATIENCE_SECONDS = 900


def main(wanted: list[str]) -> int:
    """Play the scenarios whose names hold one of these texts, or all of them."""
    try:
        program()
    except FileNotFoundError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(_PATIENCE_SECONDS)
    results, machine = _play_all(wanted)
    text = rendered(results, machine)
    print(f"\n{text}\n")
    findings = [(result, finding) for result in results for finding in result.findings]
    for result, finding in findings:
        print(f"{result.fault.name} ({result.path}): {finding}")
    if not wanted:
        write(text)
    print(f"{len(results)} scenarios, {len(findings)} findings")
    return 1 if findings else 0


def _play_all(wanted: list[str]) -> tuple[list[Result], str]:
    results = []
    with ExitStack() as cleanup:
        folder = Path(mkdtemp(prefix="faults-"))
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        postgres = Postgres(folder / "postgres")
        cleanup.callback(postgres.close)
        pgbouncer = PgBouncer(folder / "pgbouncer", postgres.cluster.programs, postgres.port)
        cleanup.callback(pgbouncer.close)
        for path in (None, pgbouncer):
            for fault in FAULTS:
                if not wanted or any(text.lower() in fault.name.lower() for text in wanted):
                    results.append(_played(fault.name, play(fault, folder, postgres, path)))
        return results, described(postgres)


def _played(name: str, result: Result) -> Result:
    verdict = result.note or ("as promised" if not result.findings else "NOT as promised")
    print(f"{time.monotonic():.0f} {name}, {result.path}: {verdict}", flush=True)
    for finding in result.findings:
        print(f"    {finding}", flush=True)
    return result


def _give_up(*_: object) -> None:
    message = f"the fault suite took more than {_PATIENCE_SECONDS} s"
    raise TimeoutError(message)


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
