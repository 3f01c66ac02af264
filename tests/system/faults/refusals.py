"""Faults in which PostgreSQL answers, and says no: read-only, locked, not to be committed."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2

from tests.system.faults.postgres import Postgres
from tests.system.faults.stage import Span, Stage, felt, wait_until

_FUNCTION = """
    CREATE OR REPLACE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {condition} THEN
            RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001';
        END IF;
        RETURN NULL;
    END $$
"""
_TRIGGER = """
    CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT OR UPDATE OR DELETE ON tasks
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_at_commit()
"""
_SHARE = "random() < 0.5"


def read_only(stage: Stage) -> Span:
    """Refuse every write for two seconds, as a standby does."""
    began = time.monotonic()
    try:
        _configure(stage.postgres, "SET default_transaction_read_only = on", "on")
        time.sleep(2)
    finally:
        _configure(stage.postgres, "RESET default_transaction_read_only", "off")
    return Span(began, time.monotonic())


def _configure(postgres: Postgres, change: str, outcome: str) -> None:
    postgres.ask(f"ALTER SYSTEM {change}")
    postgres.ask("SELECT pg_reload_conf()")
    took = wait_until(lambda: postgres.ask("SHOW default_transaction_read_only") == [(outcome,)], 5)
    felt(f"default_transaction_read_only is not {outcome}", happened=took)


def locked(stage: Stage) -> Span:
    """Hold a lock on the table for four seconds that keeps out even who reads."""
    with closing(psycopg2.connect(stage.postgres.url, connect_timeout=5)) as connection:
        connection.cursor().execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        time.sleep(4)
        connection.rollback()
        return Span(began, time.monotonic())


@contextmanager
def commits_can_fail(postgres: Postgres) -> Iterator[None]:
    """Have a trigger that runs at the end of a transaction, and does nothing yet."""
    postgres.ask(_FUNCTION.format(condition="false"))
    postgres.ask(_TRIGGER)
    try:
        yield
    finally:
        postgres.ask("DROP FUNCTION fail_at_commit CASCADE")


def failing_commits(stage: Stage) -> Span:
    """Let half of all commits of a write fail, for three seconds."""
    began = time.monotonic()
    stage.postgres.ask(_FUNCTION.format(condition=_SHARE))
    time.sleep(3)
    stage.postgres.ask(_FUNCTION.format(condition="false"))
    return Span(began, time.monotonic())
