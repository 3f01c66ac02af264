"""Requests that read at the same time share a statement, and nothing else."""

import asyncio
import os
import signal
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Sequence,
)
from contextlib import asynccontextmanager
from itertools import product
from typing import Any, TypeVar

import pytest
import uvloop
from sqlalchemy import func, literal_column, select

from persistence import pool
from persistence.database import Database
from persistence.errors import DatabaseUnavailable, TaskNotFound
from persistence.models import Page, Task, TaskList
from tests.support.database import locked, query, wait_until

BEHIND_POOLER = select(func.pg_backend_pid() + literal_column("1"), func.clock_timestamp())
T = TypeVar("T")

OWNERS = [f"user-{n}" for n in range(10)]
TABLES = "tasks, task_lists"
SHARED = "wait_event_type = 'Lock' AND query LIKE '%unnest%'"


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[tuple[Database, list[Task]]]:
    """Give a database in which each owner has a task with the owner's name as its title."""
    options = {"statement_timeout": 60, "lock_timeout": 60, "pool_timeout": 60} | options
    database = Database(url, request_timeout=60, **options)
    added = [await database.tasks_of(owner).add(title=owner, description=None) for owner in OWNERS]
    yield database, [each.task for each in added]
    database.dispose()


def get(database: Database, owner: str, task: Task) -> Coroutine[Any, Any, Task]:
    return database.tasks_of(owner).get(task.id)


def start(reads: Iterable[Coroutine[Any, Any, T]]) -> list[asyncio.Task[T]]:
    return [asyncio.create_task(read) for read in reads]


def start_gets(database: Database, tasks: Sequence[Task]) -> list[asyncio.Task[Task]]:
    return start(get(database, task.user_id, task) for task in tasks)


async def at_once(url: str, reads: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Run reads of which none ends before all have begun, and give what they return or raise."""
    with locked(url, TABLES) as blocker:
        started = start(reads)
        await in_thread(wait_until, url, SHARED)
        blocker.rollback()
        return await asyncio.gather(*started, return_exceptions=True)


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.to_thread(function, *arguments)


def run(test: Callable[[], Awaitable[None]]) -> None:
    uvloop.run(test())  # type: ignore[arg-type]  # A coroutine function gives coroutines.


def test_reads_of_one_moment_share_a_statement(database_url: str, sent: list[str]) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            before = len(sent)
            found = await at_once(database_url, (get(database, t.user_id, t) for t in tasks))

            assert found == tasks
            assert len(sent[before:]) == 2, sent[
                before:
            ]  # That of the first, and that of all others.

    run(test)


def test_reads_that_wait_for_a_connection_share_a_statement(
    database_url: str, sent: list[str]
) -> None:
    async def test() -> None:
        async with opened(database_url, pool_size=1) as (database, tasks):
            before = len(sent)
            with locked(database_url, TABLES) as blocker:
                first = asyncio.create_task(database.tasks_of(OWNERS[0]).list())
                await in_thread(wait_until, database_url, "wait_event_type = 'Lock'")
                reads = start_gets(database, tasks)
                await asyncio.sleep(0.1)
                blocker.rollback()
            await first

            assert await asyncio.gather(*reads) == tasks
            assert len(sent[before:]) == 2, sent[
                before:
            ]  # That of the list, and that of all others.

    run(test)


def test_a_request_finds_nothing_of_another_owner(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            pairs = list(product(OWNERS, tasks))
            found = await at_once(
                database_url, (get(database, owner, task) for owner, task in pairs)
            )

            for (owner, task), result in zip(pairs, found, strict=True):
                if task.user_id == owner:
                    assert result == task
                else:
                    assert isinstance(result, TaskNotFound)

    run(test)


def test_requests_for_the_same_task_share_a_statement_as_well(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, (task, *_)):
            found = await at_once(database_url, (get(database, OWNERS[0], task) for _ in range(20)))

            assert found == [task] * 20

    run(test)


def lists(database: Database) -> list[Coroutine[Any, Any, TaskList]]:
    return [database.tasks_of(owner).list() for owner in OWNERS]


def test_the_versions_of_lists_that_are_kept_are_read_together(
    database_url: str, sent: list[str]
) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, _):
            kept = await asyncio.gather(*lists(database))
            before = len(sent)
            again = await at_once(database_url, lists(database))

            assert all(one is other for one, other in zip(again, kept, strict=True))
            assert len(sent) - before == 2

    run(test)


def listed(
    database: Database, owner: str, page: Page | None, *, known: Collection[int]
) -> Coroutine[Any, Any, TaskList]:
    tasks = database.tasks_of(owner)
    return tasks.page(page, known=known) if page else tasks.list(known=known)


@pytest.mark.parametrize("page", [None, Page(limit=1)])
@pytest.mark.parametrize("is_kept", [False, True])
def test_the_versions_of_lists_that_clients_have_are_compared_together(
    database_url: str, sent: list[str], page: Page | None, *, is_kept: bool
) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks), opened(database_url) as (other, _):
            if is_kept:  # But of a version that is two changes older than that of the client.
                await asyncio.gather(*lists(other))
            for task in tasks * 2:
                await database.tasks_of(task.user_id).toggle(task.id)
            versions = [each.version or 0 for each in await asyncio.gather(*lists(database))]
            query(database_url, "UPDATE tasks SET title = 'Changed' WHERE user_id = 'user-3'")
            before = len(sent)
            found = await at_once(
                database_url,
                (
                    listed(other, owner, page, known=[1, version])
                    for owner, version in zip(OWNERS, versions, strict=True)
                ),
            )

            changed = [each for each in found if each.version not in versions]
            assert found.index(*changed) == 3
            assert b"Changed" in changed[0].array
            assert all(each.array is None for each in found if each not in changed)
            # That of the first, that of all others, and that of the list that has changed.
            assert len(sent) - before == 3

    run(test)


def test_the_version_of_a_list_without_tasks_is_not_looked_for(
    database_url: str, sent: list[str]
) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, (task, other, *_)):
            await database.tasks_of(OWNERS[0]).delete(task.id)
            before = len(sent)
            with locked(database_url, TABLES) as blocker:
                company = asyncio.create_task(get(database, OWNERS[1], other))
                await in_thread(wait_until, database_url, "wait_event_type = 'Lock'")
                empty = asyncio.create_task(database.tasks_of(OWNERS[0]).list(known=[0]))
                await asyncio.sleep(0.1)
                blocker.rollback()

            assert await company == other
            assert await empty == TaskList(0, b"[]")
            # The task, the list, and whether the owner exists.
            assert len(sent) - before == 3

    run(test)


def test_a_list_that_another_process_has_changed_is_read_again(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, _):
            kept = await asyncio.gather(*lists(database))
            query(database_url, "UPDATE tasks SET title = 'Changed' WHERE user_id = 'user-3'")
            query(database_url, "DELETE FROM tasks WHERE user_id = 'user-4'")
            again = await at_once(database_url, lists(database))

            changed = {n: again[n] for n in range(len(OWNERS)) if again[n] != kept[n]}
            assert set(changed) == {3, 4}
            assert b"Changed" in changed[3].array
            assert changed[4].array == b"[]"

    run(test)


def test_changes_of_one_task_each_are_read_together(database_url: str, sent: list[str]) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            await asyncio.gather(*lists(database))
            for task in tasks:
                await database.tasks_of(task.user_id).toggle(task.id)
            before = len(sent)
            changed = await at_once(database_url, lists(database))

            assert all(b'"completed":true' in each.array for each in changed)
            assert len(sent) - before == 2

    run(test)


def test_each_reads_alone_if_the_connection_of_the_shared_statement_is_cut(
    database_url: str,
) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            with locked(database_url, TABLES) as blocker:
                reads = start_gets(database, tasks)
                pid = await in_thread(wait_until, database_url, SHARED)
                query(database_url, f"SELECT pg_terminate_backend({pid}, 5000)")
                blocker.rollback()

                assert await asyncio.gather(*reads) == tasks
            assert database.pool_state.retries == len(OWNERS) - 1

    run(test)


def test_the_others_read_even_if_the_first_request_is_cancelled(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            with locked(database_url, TABLES) as blocker:
                alone, first, *others = start_gets(database, tasks)
                await in_thread(wait_until, database_url, SHARED)
                first.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await first
                blocker.rollback()

                assert await asyncio.gather(alone, *others) == [tasks[0], *tasks[2:]]

    run(test)


def test_the_first_request_reads_even_if_the_others_are_cancelled(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            with locked(database_url, TABLES) as blocker:
                alone, first, *others = start_gets(database, tasks)
                await in_thread(wait_until, database_url, SHARED)
                for other in others:
                    other.cancel()
                blocker.rollback()

                assert [await alone, await first] == tasks[:2]
            assert database.pool_state.in_use == 0

    run(test)


def test_a_request_with_less_time_does_not_wait_for_the_others(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url, pool_size=1) as (database, tasks):
            with locked(database_url, TABLES) as blocker:
                reads = start_gets(database, tasks)
                await asyncio.sleep(0.1)
                database.request_timeout = 0.5
                async with asyncio.timeout(20):
                    with pytest.raises(DatabaseUnavailable):
                        await get(database, OWNERS[0], tasks[0])
                blocker.rollback()

                assert await asyncio.gather(*reads) == tasks

    run(test)


def test_the_time_of_the_first_request_does_not_bound_the_others(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url, pool_size=1) as (database, tasks):
            with locked(database_url, TABLES) as blocker:
                alone = start_gets(database, tasks[:1])
                database.request_timeout = 0.5
                first = start_gets(database, tasks[1:2])
                await asyncio.sleep(0)
                database.request_timeout = 60
                others = start_gets(database, tasks[2:])
                with pytest.raises(DatabaseUnavailable):
                    await asyncio.wait_for(first[0], 20)
                blocker.rollback()

                assert await asyncio.gather(*alone, *others) == [tasks[0], *tasks[2:]]

    run(test)


def test_a_statement_that_runs_out_of_time_is_not_run_again_for_each(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url, statement_timeout=1) as (database, tasks):
            with locked(database_url, TABLES):
                reads = start_gets(database, tasks)
                results = await asyncio.gather(*reads, return_exceptions=True)

            assert {str(result) for result in results} == {"SQLSTATE 57014"}
            assert len(set(map(id, results))) == len(OWNERS)
            assert database.pool_state.retries == 0

    run(test)


def test_a_server_process_that_is_frozen_holds_up_its_own_requests_only(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            with locked(database_url, TABLES) as blocker:
                alone, *others = start_gets(database, tasks)
                pid = await in_thread(wait_until, database_url, SHARED)
                os.kill(pid, signal.SIGSTOP)
                try:
                    more = start_gets(database, tasks)
                    await asyncio.sleep(0.2)
                    blocker.rollback()
                    async with asyncio.timeout(30):
                        assert await alone == tasks[0]
                        assert await asyncio.gather(*more) == tasks
                    assert not any(other.done() for other in others)
                finally:
                    os.kill(pid, signal.SIGCONT)
            assert await asyncio.gather(*others) == tasks[1:]

    run(test)


@pytest.mark.own_database
def test_a_row_that_cannot_be_read_is_a_bug_for_its_owner_only(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            query(
                database_url,
                "UPDATE tasks SET created_at = '0044-03-15 BC' WHERE user_id = 'user-3'",
            )
            found = await at_once(database_url, (get(database, t.user_id, t) for t in tasks))

            assert isinstance(found[3], ValueError)
            assert [*found[:3], *found[4:]] == [*tasks[:3], *tasks[4:]]

    run(test)


def test_one_user_has_a_share_of_a_statement(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url, pool_size=2) as (database, (task, *_)):
            with locked(database_url, TABLES) as blocker:
                reads = start(get(database, OWNERS[0], task) for _ in range(20))
                await asyncio.sleep(0.5)

                assert database.pool_state.in_use == 1
                blocker.rollback()
            assert await asyncio.gather(*reads) == [task] * 20

    run(test)


def test_the_wait_of_each_request_is_reported(database_url: str) -> None:
    waits: list[float] = []

    async def test() -> None:
        async with opened(database_url, pool_size=1, on_wait=waits.append) as (database, tasks):
            waits.clear()
            with locked(database_url, TABLES) as blocker:
                reads = start_gets(database, tasks)
                await asyncio.sleep(0.5)
                assert database.pool_state.waiting == len(OWNERS) - 1
                blocker.rollback()
                await asyncio.gather(*reads)

    run(test)
    assert len(waits) == len(OWNERS)
    assert sum(wait > 0.4 for wait in waits) == len(OWNERS) - 1


def test_all_are_told_that_there_is_no_connection(database_url: str) -> None:
    async def test() -> None:
        async with opened(database_url, pool_size=1, pool_timeout=0.3) as (database, tasks):
            with locked(database_url, TABLES) as blocker:
                alone, *others = start_gets(database, tasks)
                async with asyncio.timeout(20):
                    results = await asyncio.gather(*others, return_exceptions=True)
                blocker.rollback()

                assert all(isinstance(result, DatabaseUnavailable) for result in results)
                assert await alone == tasks[0]
            assert await get(database, OWNERS[1], tasks[1]) == tasks[1]

    run(test)


def test_behind_a_pooler_they_share_a_statement_too(
    database_url: str, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WHO_AND_WHEN", BEHIND_POOLER)

    async def test() -> None:
        async with opened(database_url) as (database, tasks):
            before = len(sent)

            found = await at_once(database_url, (get(database, t.user_id, t) for t in tasks))

            assert found == tasks
            assert len(sent) - before == 2
            assert all("PREPARE" not in each for each in sent)

    run(test)
