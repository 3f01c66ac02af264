"""What one user may keep: so many tasks and so much text, and not one more."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from persistence.errors import PersistenceError, TooManyTasks, TooMuchText
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query

MAX_TASKS, MAX_TEXT = 10, 100
COUNT = "SELECT count(*), sum(octet_length(title)) FROM tasks WHERE user_id = 'alice'"


def limited_to(url: str) -> Database:
    patient = {"statement_timeout": 60, "lock_timeout": 60, "pool_timeout": 60}
    return Database(url, max_tasks=MAX_TASKS, max_text=MAX_TEXT, **patient)


@pytest.fixture
def limited(database_url: str) -> Iterator[Database]:
    """Give a database with small limits."""
    database = limited_to(database_url)
    yield database
    database.dispose()


def add(database: Database, title: str = "x", *, key: str | None = None) -> str:
    try:
        with database.tasks_of("alice") as tasks:
            tasks.add(title=title, description=None, idempotency_key=key)
    except PersistenceError as error:
        return type(error).__name__
    return "added"


@pytest.mark.parametrize("has_key", [False, True])
def test_of_concurrent_additions_no_one_exceeds_the_limit(
    limited: Database, database_url: str, *, has_key: bool
) -> None:
    other = limited_to(database_url)

    with ThreadPoolExecutor(20) as threads:
        futures = [
            threads.submit(add, database, key=f"{n} {database is other}" if has_key else None)
            for n in range(20)
            for database in (limited, other)
        ]
    outcomes = [future.result() for future in futures]

    assert sorted(set(outcomes)) == ["TooManyTasks", "added"]
    assert outcomes.count("added") == MAX_TASKS
    assert query(database_url, COUNT)[0][0] == MAX_TASKS
    other.dispose()


def test_a_key_that_was_used_still_answers_at_the_limit(
    limited: Database, database_url: str
) -> None:
    assert add(limited, key="first") == "added"
    for _ in range(MAX_TASKS - 1):
        add(limited)

    assert add(limited, key="first") == "added"
    assert add(limited, key="second") == "TooManyTasks"
    query(database_url, "DELETE FROM tasks WHERE id = (SELECT max(id) FROM tasks)")
    assert add(limited, key="second") == "added"
    assert query(database_url, COUNT)[0][0] == MAX_TASKS


def test_text_is_limited_in_bytes_and_may_shrink(limited: Database, database_url: str) -> None:
    with limited.tasks_of("alice") as tasks:
        task = tasks.add(title="ü" * 40, description="x" * 20)

        with pytest.raises(TooMuchText):
            tasks.add(title="x", description=None)
        with pytest.raises(TooMuchText):
            tasks.replace(task.id, title="ü" * 41, description="x" * 20)
        tasks.toggle(task.id)
        tasks.replace(task.id, title="ü" * 41, description="x" * 18)
        tasks.replace(task.id, title="ü" * 10, description=None)
        tasks.add(title="x" * 80, description=None)

    assert query(database_url, COUNT) == [(2, 100)]


@pytest.mark.parametrize("count", [0, 1])
def test_the_first_task_is_limited_like_any_other(
    limited: Database, database_url: str, count: int
) -> None:
    for _ in range(count):
        add(limited)

    assert add(limited, "x" * (MAX_TEXT + 1)) == "TooMuchText"
    assert query(database_url, COUNT)[0][0] == count


def test_a_session_that_has_had_limits_for_one_transaction_has_none_afterwards(
    database_url: str,
) -> None:
    query(database_url, "INSERT INTO users (id) VALUES ('alice')")
    once = "BEGIN; SET LOCAL tasks_api.max_tasks = 1; SET LOCAL tasks_api.max_text = 1; COMMIT"

    query(database_url, f"{once}; INSERT INTO tasks (user_id, title) VALUES ('alice', 'Buy milk')")

    assert query(database_url, COUNT)[0][0] == 1


def test_other_users_and_other_programs_are_not_limited_by_it(
    limited: Database, database_url: str
) -> None:
    for _ in range(MAX_TASKS):
        add(limited)

    with limited.tasks_of("bob") as tasks:
        tasks.add(title="Buy milk", description=None)
    many = "INSERT INTO tasks (user_id, title) SELECT 'alice', 'x' FROM generate_series(1, 50)"
    query(database_url, many)

    with pytest.raises(TooManyTasks), limited.tasks_of("alice") as tasks:
        tasks.add(title="x", description=None)
    assert query(database_url, COUNT)[0][0] == MAX_TASKS + 50


def test_with_more_tasks_than_the_limit_any_may_be_changed(
    limited: Database, database_url: str
) -> None:
    add(limited)
    many = "INSERT INTO tasks (user_id, title) SELECT 'alice', 'x' FROM generate_series(1, 50)"
    query(database_url, many)

    with limited.tasks_of("alice") as tasks:
        assert tasks.toggle(1).completed
        assert tasks.replace(1, title="xy", description=None).title == "xy"


def test_what_is_above_the_limit_already_may_be_changed_and_deleted(
    limited: Database, database_url: str
) -> None:
    add(limited)
    query(database_url, "INSERT INTO tasks (user_id, title) VALUES ('alice', repeat('x', 500))")
    ((task_id,),) = query(database_url, "SELECT max(id) FROM tasks")

    with limited.tasks_of("alice") as tasks:
        tasks.toggle(task_id)
        tasks.replace(task_id, title="y" * 500, description=None)
        with pytest.raises(TooMuchText):
            tasks.replace(task_id, title="y" * 499, description="12")
        tasks.delete(task_id)
        tasks.add(title="x", description=None)
