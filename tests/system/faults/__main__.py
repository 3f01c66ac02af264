"""The fault suite: `python -m tests.system.faults [part of a name ...]`.

Ends with 0 if every promise was kept. Without an argument it plays all faults, and writes the table
of `docs/reliability.md`.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from tasks_api.dev.local_postgres import LocalPostgresError
from tests.system.faults.catalog import FAULTS
from tests.system.faults.machine import described
from tests.system.faults.pgbouncer import PgBouncer, program
from tests.system.faults.postgres import Postgres
from tests.system.faults.result import Result
from tests.system.faults.scenario import play
from tests.system.faults.table import rendered, write

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
    try:
        results, machine = _play_all(wanted)
    except LocalPostgresError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped before the end", file=sys.stderr)
        return 130
    text = rendered(results, machine)
    print(f"\n{text}\n")
    if not wanted:
        write(text)
    broken = sum(bool(result.findings) for result in results)
    print(f"{len(results)} scenarios, {broken} of them not as promised")
    return 1 if broken else 0


def _play_all(wanted: list[str]) -> tuple[list[Result], str]:
    faults = [f for f in FAULTS if not wanted or any(w.lower() in f.name.lower() for w in wanted)]
    with ExitStack() as cleanup:
        folder = Path(mkdtemp(prefix="faults-"))
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        postgres = Postgres(folder / "postgres")
        cleanup.callback(postgres.close)
        pgbouncer = PgBouncer(folder / "pgbouncer", postgres.cluster.programs, postgres.url)
        cleanup.callback(pgbouncer.close)
        results = [
            _played(partial(play, fault, folder, postgres, path))
            for path in (None, pgbouncer)
            for fault in faults
        ]
        return results, described(postgres)


def _played(scenario: Callable[[], Result]) -> Result:
    """Play a scenario, and once more where a busy machine alone may have broken its promise."""
    result = _told(scenario())
    if not result.is_doubtful:
        return result
    print("    Once more, in case that the machine was busy:", flush=True)
    return _told(scenario())


def _told(result: Result) -> Result:
    verdict = "NOT as promised" if result.findings else result.note or "as promised"
    print(f"{result.fault.name}, {result.path}: {verdict}", flush=True)
    for finding in result.findings:
        print(f"    {finding}", flush=True)
    return result


def _give_up(*_: object) -> None:
    message = f"the fault suite took more than {_PATIENCE_SECONDS} s"
    raise TimeoutError(message)


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(sys.argv[1:]))
