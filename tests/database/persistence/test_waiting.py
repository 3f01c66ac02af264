"""Who gets a connection when, and what becomes of those who wait."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import psutil
import pytest
import uvloop
from sqlalchemy import text

from persistence.connection import Server
from persistence.errors import Abandoned, DatabaseUnavailable, TooManyWaiting
from persistence.pool import ConnectionPool, Span, untraced
from tests.support.database import query

NOTE = text("INSERT INTO noted (n) VALUES (:n)")
SLEEP = text("SELECT pg_sleep(:seconds)")
CANCEL = """
    SELECT pg_cancel_backend(pid) FROM pg_stat_activity
     WHERE wait_event = 'PgSleep' AND query_start < clock_timestamp() - interval '0.1 s'
       AND datname = current_database()
"""
NOBODY_FREE = "no connection was free in time"


@asynccontextmanager
async def pool_of(
    url: str,
    *,
    size: int,
    patience: float = 60,
    connect_timeout: float = 10,
    span: Span = untraced,
) -> AsyncIterator[ConnectionPool]:
    pool = ConnectionPool(
        url,
        size=size,
        patience=patience,
        connect_timeout=connect_timeout,
        statement_timeout=60,
        lock_timeout=60,
        span=span,
    )
    yield pool
    pool.dispose()


async def sleep(pool: ConnectionPool, seconds: float, *, within: float = 60) -> None:
    await pool.execute(SLEEP, {"seconds": seconds}, deadline=time.monotonic() + within)


async def outcomes(*operations: Awaitable[object]) -> list[object]:
    """Run them all at once, and give what is returned, and the texts of what is raised."""
    results = await asyncio.gather(*operations, return_exceptions=True)
    for result in results:
        assert result is None or isinstance(result, DatabaseUnavailable)
    return [result and str(result) for result in results]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 -- nobody could set an event.
            await asyncio.sleep(0.01)


def run(test: Callable[[], Awaitable[None]]) -> None:
    uvloop.run(test())  # type: ignore[arg-type]  # A coroutine function gives coroutines.


@pytest.mark.own_database  # Where no statement sleeps that another test has given up.
@pytest.mark.parametrize("repeatable", [True, False])
def test_a_statement_that_is_cancelled_before_its_time_is_up_is_run_again(
    database_url: str, *, repeatable: bool
) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=1) as pool:
            values = {"seconds": 2}
            asleep = asyncio.create_task(
                pool.execute(SLEEP, values, deadline=time.monotonic() + 60, repeatable=repeatable)
            )
            await until(lambda: bool(query(database_url, CANCEL)))

            await asleep

            assert pool.state.retries == 1

    run(test)


def test_the_wait_for_a_connection_counts(database_url: str) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=1) as pool:
            first, *_, last = await outcomes(*(sleep(pool, 1, within=2.5) for _ in range(5)))

            assert first is None
            assert last == "the time is up"

    run(test)


def test_statements_that_wait_are_given_up_where_none_gets_a_connection(database_url: str) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=1, patience=0.2) as pool:
            first, *others = await outcomes(*(sleep(pool, 3) for _ in range(3)))

            assert first is None
            assert others == [NOBODY_FREE, NOBODY_FREE]
            assert pool.state.waiting == 0

    run(test)


def test_statements_that_wait_longer_are_kept_while_others_get_connections(
    database_url: str,
) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=1, patience=1.5) as pool:
            assert await outcomes(*(sleep(pool, 0.5) for _ in range(6))) == [None] * 6

    run(test)


@pytest.mark.own_database
def test_statements_are_carried_out_in_their_order(database_url: str) -> None:
    query(database_url, "CREATE TABLE noted (at serial, n int)")

    async def test() -> None:
        async with pool_of(database_url, size=1) as pool:
            deadline = time.monotonic() + 60
            notes = (pool.execute(NOTE, {"n": n}, deadline=deadline) for n in range(100))
            await asyncio.gather(*notes)

    run(test)
    assert query(database_url, "SELECT n FROM noted ORDER BY at") == [(n,) for n in range(100)]


def test_a_statement_that_nobody_waits_for_any_more_frees_its_place(database_url: str) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=2) as pool:
            tasks = [asyncio.create_task(sleep(pool, 30)) for _ in range(5)]
            await until(lambda: pool.state.waiting == 3)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

            assert await outcomes(*(sleep(pool, 0) for _ in range(3))) == [None] * 3
            assert (pool.state.open, pool.state.in_use, pool.state.waiting) == (2, 0, 0)

    run(test)


def connections_to(port: int) -> list[str]:
    """Give the states of this process's sockets to a port."""
    return [
        connection.status
        for connection in psutil.Process().net_connections("tcp4")
        if connection.raddr and connection.raddr.port == port
    ]


@pytest.mark.parametrize("end", ["deadline", "connect_timeout", "cancelled"])
def test_a_connection_that_is_given_up_while_it_is_opened_leaves_no_socket(end: str) -> None:
    async def test(port: int) -> None:
        limits: dict[str, Any] = {"connect_timeout": 0.5} if end == "connect_timeout" else {}
        async with (
            pool_of(
                f"postgresql://p@127.0.0.1:{port}/tasks", size=10, patience=1, **limits
            ) as pool,
        ):
            within = 0.5 if end == "deadline" else 60
            asked = [asyncio.create_task(sleep(pool, 0, within=within)) for _ in range(80)]
            await until(lambda: len(connections_to(port)) == 10)
            assert pool.state.open == 10
            if end == "cancelled":
                for task in asked:
                    task.cancel()

            results = await asyncio.gather(*asked, return_exceptions=True)

            kind = asyncio.CancelledError if end == "cancelled" else DatabaseUnavailable
            assert all(isinstance(result, kind) for result in results)
            assert connections_to(port) == []
            assert pool.state.open == 0

    with socket.create_server(("127.0.0.1", 0)) as silent:
        run(partial(test, silent.getsockname()[1]))


def test_a_name_is_looked_up_outside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        loop = asyncio.get_running_loop()
        found = loop.create_future()

        async def look_up(*_: object, **_named: object) -> object:
            return await found

        monkeypatch.setattr(type(loop), "getaddrinfo", look_up, raising=True)
        async with pool_of("postgresql://p@db.example.com/tasks", size=1) as pool:
            with pytest.raises(DatabaseUnavailable, match="the time is up"):
                await sleep(pool, 0, within=0.2)
            assert pool.state.open == 0

    asyncio.run(test())


def test_every_address_of_a_name_is_tried(database_url: str) -> None:
    port = database_url.rpartition(":")[2].partition("/")[0]

    async def test() -> None:
        loop = asyncio.get_running_loop()
        nobody = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.9", 0))
        here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))

        async def look_up(*_: object, **_named: object) -> object:
            return [nobody, here]

        loop.getaddrinfo = look_up  # type: ignore[method-assign, assignment]
        url = database_url.replace(f"127.0.0.1:{port}", f"db.example.com:{port}")
        async with pool_of(url, size=1) as pool:
            await sleep(pool, 0)

    asyncio.run(test())


@pytest.mark.own_database
def test_what_was_rolled_back_is_not_tried_again_when_the_time_is_up(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    query(
        database_url,
        """
        CREATE FUNCTION fail() RETURNS void LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$;
        """,
    )

    @contextmanager
    def takes_a_minute(_sql: str, _server: Server) -> Iterator[None]:
        try:
            yield
        finally:
            now = time.monotonic() + 60
            monkeypatch.setattr(time, "monotonic", lambda: now)

    async def test() -> None:
        async with pool_of(database_url, size=1, span=takes_a_minute) as pool:
            with pytest.raises(DatabaseUnavailable, match="SQLSTATE 40001"):
                await pool.execute(text("SELECT fail()"), {}, deadline=time.monotonic() + 30)

            assert pool.state.retries == 0

    run(test)


async def sleep_as(pool: ConnectionPool, user: str, ended: list[str], seconds: float = 0.2) -> None:
    deadline = time.monotonic() + 60
    await pool.execute(SLEEP, {"seconds": seconds}, deadline=deadline, user=user)
    ended.append(user)


def test_one_user_has_half_of_the_connections_at_most(database_url: str) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=4) as pool:
            ended: list[str] = []
            mallory = [asyncio.create_task(sleep_as(pool, "mallory", ended, 2)) for _ in range(50)]
            await until(lambda: pool.state.waiting == 48)
            assert pool.state.in_use == 2

            await sleep_as(pool, "alice", ended, 0)

            assert ended == ["alice"]
            for task in mallory:
                task.cancel()
            await asyncio.gather(*mallory, return_exceptions=True)
            assert (pool.state.in_use, pool.state.waiting) == (0, 0)

    run(test)


def test_users_take_turns(database_url: str) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=1) as pool:
            ended: list[str] = []
            order = ["mallory"] * 10 + ["alice"] * 2 + ["bob"]
            await asyncio.gather(*(sleep_as(pool, user, ended, 0.05) for user in order))

            turns = ["mallory", "mallory", "alice", "bob", "mallory", "alice"]
            assert ended == turns + ["mallory"] * 7

    run(test)


def test_a_user_with_too_many_requests_is_refused_at_once_and_no_other_is(
    database_url: str,
) -> None:
    async def test() -> None:
        async with pool_of(database_url, size=2) as pool:
            ended: list[str] = []
            many = [asyncio.create_task(sleep_as(pool, "mallory", ended, 1)) for _ in range(501)]
            await until(lambda: pool.state.waiting == 500)

            began = time.monotonic()
            with pytest.raises(TooManyWaiting):
                await sleep_as(pool, "mallory", ended)
            await sleep_as(pool, "alice", ended, 0)

            assert ended == ["alice"]
            assert time.monotonic() - began < 1
            for task in many:
                task.cancel()
            await asyncio.gather(*many, return_exceptions=True)

    run(test)


@pytest.mark.own_database
def test_a_read_whose_client_has_gone_is_dropped_before_it_begins(database_url: str) -> None:
    query(database_url, "CREATE TABLE noted (at serial, n int)")

    async def test() -> None:
        async with pool_of(database_url, size=1) as pool:
            deadline = time.monotonic() + 60
            first = asyncio.create_task(sleep(pool, 0.5))
            await until(lambda: pool.state.in_use == 1)
            gone = pool.execute(NOTE, {"n": 1}, deadline=deadline, is_wanted=lambda: False)
            there = pool.execute(NOTE, {"n": 2}, deadline=deadline, is_wanted=lambda: True)
            with pytest.raises(Abandoned):
                await gone
            await asyncio.gather(first, there)

    run(test)
    assert query(database_url, "SELECT n FROM noted") == [(2,)]
