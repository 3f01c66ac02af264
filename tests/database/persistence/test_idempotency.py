"""Additions with a key: one task, however often they are asked for."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Executable

from persistence.connection import Rows
from persistence.errors import IdempotencyKeyReused, PersistenceError
from persistence.idempotency import FIND
from persistence.migrate import migrate
from persistence.models import Task
from persistence.pool import ConnectionPool
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import create_better_auth, new_database, query, sign_up
from tests.support.operations import titles_of

OWNERS = {"text": "alice", "uuid": "8c5a2f2e-3b63-4b3c-9a52-0b3b0f0a2d11", "integer": "17"}


def add(
    database: Database,
    key: str,
    *,
    owner: str = "alice",
    title: str = "Buy milk",
    description: str | None = "Two litres",
) -> Task:
    with database.tasks_of(owner) as tasks:
        return tasks.add(title=title, description=description, idempotency_key=key)


def keys_of(url: str) -> set[str]:
    return {key for (key,) in query(url, "SELECT key FROM idempotency_keys")}


def grow_old(url: str, hours: int) -> None:
    query(url, f"UPDATE idempotency_keys SET created_at = now() - interval '{hours} hours'")


def test_anothers_key_is_another_key(database: Database) -> None:
    mine = add(database, "k")
    theirs = add(database, "k", owner="bob", title="Call the dentist")

    assert (mine.user_id, mine.title) == ("alice", "Buy milk")
    assert (theirs.user_id, theirs.title) == ("bob", "Call the dentist")


def test_the_same_again_gives_the_first_answer_and_adds_nothing(database: Database) -> None:
    first = add(database, "k")

    assert add(database, "k") == first
    assert titles_of(database, "alice") == ["Buy milk"]


def test_the_first_answer_is_given_whatever_became_of_the_task(database: Database) -> None:
    first = add(database, "k")
    with database.tasks_of("alice") as tasks:
        tasks.replace(first.id, title="Buy oats", description=None)
        tasks.toggle(first.id)

    assert add(database, "k") == first

    with database.tasks_of("alice") as tasks:
        tasks.delete(first.id)
    assert add(database, "k") == first
    assert titles_of(database, "alice") == []


@pytest.mark.parametrize(
    ("title", "description"), [("Buy oats", "Two litres"), ("Buy milk", None), ("Buy milk", "")]
)
def test_another_task_with_the_same_key_is_refused(
    database: Database, title: str, description: str | None
) -> None:
    add(database, "k")

    with pytest.raises(IdempotencyKeyReused):
        add(database, "k", title=title, description=description)

    assert titles_of(database, "alice") == ["Buy milk"]


@pytest.mark.parametrize("users", ["new", "known"])
def test_of_many_at_once_one_is_added_and_all_get_its_answer(
    database: Database, users: str
) -> None:
    if users == "known":
        add(database, "before")

    with ThreadPoolExecutor(10) as threads:
        for number in range(20):
            answers = set(threads.map(lambda _, key=str(number): add(database, key), range(10)))

            assert len(answers) == 1

    assert len(titles_of(database, "alice")) == 20 + (users == "known")


def test_of_many_different_ones_at_once_one_is_added(database: Database) -> None:
    def attempt(title: str) -> str:
        try:
            return add(database, "k", title=title).title
        except IdempotencyKeyReused:
            return "refused"

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(attempt, [str(number) for number in range(10)]))

    assert answers.count("refused") == 9
    assert [a for a in answers if a != "refused"] == titles_of(database, "alice")


def test_a_key_lives_for_24_hours(database: Database, database_url: str) -> None:
    first = add(database, "k")
    grow_old(database_url, 23)
    assert add(database, "k").id == first.id

    grow_old(database_url, 25)
    second = add(database, "k", title="Buy oats")

    assert second.id != first.id
    assert add(database, "k", title="Buy oats") == second
    assert titles_of(database, "alice") == ["Buy oats", "Buy milk"]


def test_an_expired_key_is_taken_over_once(database: Database, database_url: str) -> None:
    add(database, "k")
    grow_old(database_url, 25)

    with ThreadPoolExecutor(10) as threads:
        answers = set(threads.map(lambda _: add(database, "k"), range(10)))

    assert len(answers) == 1
    assert len(titles_of(database, "alice")) == 2


def test_a_key_that_expires_between_two_statements_gives_its_answer(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add(database, "k")
    execute = ConnectionPool.execute

    async def expire_first(
        pool: ConnectionPool, statement: Executable, *values: Any, **how: Any
    ) -> Rows:
        if statement is FIND:
            grow_old(database_url, 25)
        return await execute(pool, statement, *values, **how)

    monkeypatch.setattr(ConnectionPool, "execute", expire_first)

    assert add(database, "k").id == first.id


def test_a_user_can_be_deleted_while_keys_are_used(database: Database, database_url: str) -> None:
    def use(number: int) -> None:
        with suppress(PersistenceError):
            add(database, f"k{number % 50}", title=str(number))

    for _ in range(5):
        add(database, "old")
        query(
            database_url,
            """
            INSERT INTO idempotency_keys
            SELECT 'alice', 'old' || n, '', 1, now() - interval '25 hours'
              FROM generate_series(1, 2000) n
            """,
        )
        with ThreadPoolExecutor(8) as threads:
            used = [threads.submit(use, number) for number in range(40)]
            query(database_url, "DELETE FROM users WHERE id = 'alice'")
            for each in used:
                each.result()


def test_expired_keys_are_removed_when_others_are_added(
    database: Database, database_url: str
) -> None:
    add(database, "a")
    add(database, "b", owner="bob")
    grow_old(database_url, 25)
    add(database, "c")
    assert keys_of(database_url) == {"c"}

    add(database, "d")

    assert keys_of(database_url) == {"c", "d"}


@pytest.mark.own_database
@pytest.mark.parametrize("sqlstate", ["57014", "XX000"])
def test_an_addition_succeeds_though_expired_keys_cannot_be_removed(
    database: Database, database_url: str, sqlstate: str
) -> None:
    add(database, "old")
    grow_old(database_url, 25)
    query(
        database_url,
        f"""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}'; END $$;
        CREATE TRIGGER fail BEFORE DELETE ON idempotency_keys
            FOR EACH ROW EXECUTE FUNCTION fail();
        """,
    )

    assert add(database, "new").title == "Buy milk"
    assert keys_of(database_url) == {"old", "new"}


def test_an_addition_that_fails_keeps_no_key(database: Database, database_url: str) -> None:
    with pytest.raises(Exception, match="ck_tasks_title_not_blank"):
        add(database, "k", title=" ")

    assert keys_of(database_url) == set()
    assert add(database, "k").title == "Buy milk"


def test_the_keys_of_a_user_go_with_the_user(database: Database, database_url: str) -> None:
    add(database, "k")

    query(database_url, "DELETE FROM users WHERE id = 'alice'")

    assert keys_of(database_url) == set()


@pytest.fixture(params=OWNERS)
def better_auth(request: pytest.FixtureRequest, postgres: str) -> Iterator[tuple[Database, str]]:
    """Give a database beside Better Auth's, and a user, for each type of the users' id."""
    with new_database(postgres, template="template0") as url:
        create_better_auth(url, id_type=request.param)
        sign_up(url, OWNERS[request.param])
        migrate(url)
        database = Database(url)
        yield database, OWNERS[request.param]
        database.dispose()


def test_a_key_works_with_every_type_of_the_users_id(better_auth: tuple[Database, str]) -> None:
    database, owner = better_auth

    first = add(database, "k", owner=owner)

    assert first.user_id == owner
    assert add(database, "k", owner=owner) == first
    assert titles_of(database, owner) == ["Buy milk"]
