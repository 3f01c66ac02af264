"""One fault, injected under load, and what came of it."""

import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp

from tests.system.faults.audit import ROWS, audit
from tests.system.faults.load import Load
from tests.system.faults.pgbouncer import PgBouncer
from tests.system.faults.postgres import Postgres, url_at
from tests.system.faults.proxy import Proxy
from tests.system.faults.result import Result, broken, recovery, some
from tests.system.faults.server import Server
from tests.system.faults.stage import Fault, NotFelt, NotPossible, Span, Stage, wait_until

_CALM_SECONDS = 1.0
_AFTER_SECONDS = 3.0
_SETTLE_SECONDS = 3.0


def play(fault: Fault, folder: Path, postgres: Postgres, pgbouncer: PgBouncer | None) -> Result:
    """Play the scenario on a path to PostgreSQL: direct, or through PgBouncer."""
    result = Result(fault, "direct" if pgbouncer is None else "PgBouncer")
    postgres.ask("TRUNCATE users CASCADE")
    with ExitStack() as cleanup:
        try:
            cleanup.enter_context(fault.prepare(postgres))
        except NotPossible as reason:
            result.note = str(reason)
            return result
        port = pgbouncer.port if pgbouncer else postgres.port
        proxy = Proxy(port)
        cleanup.callback(proxy.close)
        server = Server(Path(mkdtemp(dir=folder)), url_at(proxy.port if fault.silences else port))
        cleanup.callback(server.close)
        load = Load(server.port, f"{fault.name}, {result.path}")
        cleanup.callback(load.close)
        stage = Stage(postgres, proxy, server, load)
        try:
            span = _under_load(fault, stage)
        except NotFelt as reason:
            load.stop()
            result.findings.append(f"not proved: {reason}")
            return result
        _close(result, stage, pgbouncer)
        _judge(result, stage, span)
    return result


def _under_load(fault: Fault, stage: Stage) -> Span:
    stage.load.start()
    time.sleep(_CALM_SECONDS)
    span = fault.inject(stage)
    time.sleep(_AFTER_SECONDS)
    stage.load.stop()
    return span


def _close(result: Result, stage: Stage, pgbouncer: PgBouncer | None) -> None:
    """Count the connections with the service at rest, and after it stopped."""
    stage.proxy.bury()
    if not wait_until(lambda: not stage.postgres.sessions(busy=True), _SETTLE_SECONDS):
        stuck = len(stage.postgres.sessions(busy=True))
        stage.findings.append(f"{stuck} sessions stay in a transaction")
    result.connections = len(stage.postgres.sessions())
    finding = stage.server.stop()
    stage.findings += [finding] if finding else []

    def left() -> int:
        return pgbouncer.clients() if pgbouncer else len(stage.postgres.sessions())

    wait_until(lambda: not left(), _SETTLE_SECONDS)
    result.connections_left = left()


def _judge(result: Result, stage: Stage, span: Span) -> None:
    journal, health = stage.load.journal, stage.load.health
    result.answers = [*journal.answers, *health.answers]
    result.longest = max(answer.seconds for answer in result.answers)
    result.recovery = recovery(result.answers, span)
    result.audit = audit(stage.postgres.ask(ROWS), stage.load.ledgers)
    errors = stage.server.errors()
    alive = [a for a in health.answers if a.operation == "/livez" and a.status == 503]
    result.findings += [
        *stage.findings,
        *broken(result, journal, span),
        *some("lines in the log of the service", errors),
        *(["/livez was answered with 503"] if alive else []),
    ]
