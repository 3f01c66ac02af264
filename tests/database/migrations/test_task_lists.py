"""Counting the tasks of existing owners while they are changed."""

import threading
import time
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import text

from migrations import task_lists
from persistence.migrate import MigrationError, migrate, unmigrate
from persistence.models import TaskList
from tests.database.persistence.test_lists import COUNTED, REALLY
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import create_better_auth, query

FILL = """
    INSERT INTO users (id) SELECT 'owner-' || n FROM generate_series(1, 60) AS n;
    INSERT INTO tasks (user_id, title, description)
    SELECT 'owner-' || 1 + n % 60, 'Task ' || n, repeat('x', n % 7)
      FROM generate_series(1, 3000) AS n;
"""


@pytest.fixture
def earlier(empty_database_url: str) -> str:
    """Give a database with tasks, as the version before had it."""
    migrate(empty_database_url, revision="0002")
    query(empty_database_url, FILL)
    return empty_database_url


def test_everybody_is_counted(earlier: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_lists, "BATCH", 7)

    migrate(earlier)

    assert query(earlier, COUNTED) == query(earlier, REALLY)


def test_changes_during_the_count_are_counted_once(
    earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_lists, "BATCH", 1)
    over = threading.Event()
    failures: list[BaseException] = []

    def change(seed: int) -> None:
        connection = psycopg2.connect(earlier)
        connection.autocommit = True
        cursor = connection.cursor()
        number = seed
        try:
            while not over.is_set():
                number += 1
                owner = f"owner-{1 + number % 60}"
                which = "(SELECT min(id) FROM tasks WHERE user_id = %s)"
                cursor.execute("INSERT INTO tasks (user_id, title) VALUES (%s, 'x')", [owner])
                cursor.execute(f"UPDATE tasks SET title = 'yy' WHERE id = {which}", [owner])
                cursor.execute(f"DELETE FROM tasks WHERE id = {which}", [owner])
        except psycopg2.Error as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(seed,)) for seed in (0, 20, 40)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    migrate(earlier)
    over.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert query(earlier, COUNTED) == query(earlier, REALLY)


def test_a_count_that_was_interrupted_is_gone_on_with(
    earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as interrupted:
        interrupted.setattr(task_lists, "UNCOUNTED", text("SELECT 'owner-7'"))
        migrate(earlier)
    assert len(query(earlier, COUNTED)) == 1

    migrate(earlier)

    assert query(earlier, COUNTED) == query(earlier, REALLY)


def test_until_they_are_counted_lists_are_read_each_time_and_changes_are_seen(
    earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_lists, "UNCOUNTED", text("SELECT 'x' WHERE false"))
    migrate(earlier)
    database = Database(earlier)
    with database.tasks_of("owner-7") as tasks:
        uncounted = tasks.list()
        assert (uncounted.version, uncounted.array) == (None, tasks.list().array)

        added = tasks.add(title="New", description=None)

        assert (tasks.list().array or b"").startswith(b'[{"id":%d,' % added.id)
        assert tasks.list().version is not None
        version = tasks.list().version
        tasks.delete(added.id)
        assert tasks.list().version != version
        assert tasks.list().array == uncounted.array
    database.dispose()


@pytest.mark.parametrize("id_type", ["uuid", "integer", "varchar(36)"])
def test_ids_of_every_type_are_counted(empty_database_url: str, id_type: str) -> None:
    owner = {"uuid": "8c5a2f2e-3b63-4b3c-9a52-0b3b0f0a2d11", "integer": "17"}.get(id_type, "alice")
    create_better_auth(empty_database_url, id_type=id_type)
    migrate(empty_database_url, revision="0002")
    columns = 'id, name, email, "emailVerified"'
    query(empty_database_url, f"INSERT INTO users ({columns}) VALUES (%s, 'A', 'a', true)", owner)
    query(empty_database_url, "INSERT INTO tasks (user_id, title) VALUES (%s, 'x')", owner)

    migrate(empty_database_url)

    assert query(empty_database_url, COUNTED) == [(owner, 1, 1)]


def test_a_role_that_may_change_tasks_still_may(earlier: str, tmp_path: Path) -> None:
    role, reader = f"writer_{tmp_path.name}"[:60], f"reader_{tmp_path.name}"[:60]
    query(
        earlier,
        f"""
        CREATE ROLE "{role}" LOGIN PASSWORD 'x';
        CREATE ROLE "{reader}" LOGIN PASSWORD 'x';
        GRANT SELECT, INSERT, UPDATE, DELETE ON tasks, idempotency_keys TO "{role}";
        GRANT SELECT ON tasks_alembic_version, users TO "{role}";
        GRANT SELECT ON tasks TO "{reader}";
        """,
    )
    server = earlier.partition("@")[2]

    migrate(earlier)

    later = f"{role[:50]}_later"
    query(
        earlier,
        f"""
        CREATE ROLE "{later}" LOGIN PASSWORD 'x';
        GRANT SELECT, INSERT, UPDATE, DELETE ON tasks TO "{later}";
        GRANT SELECT, DELETE ON users TO "{later}";
        """,
    )
    query(
        f"postgresql://{later}:x@{server}",
        """
        INSERT INTO tasks (user_id, title) VALUES ('owner-8', 'x');
        UPDATE tasks SET title = 'y' WHERE user_id = 'owner-8';
        DELETE FROM tasks WHERE user_id = 'owner-8';
        DELETE FROM users WHERE id = 'owner-9';
        """,
    )
    assert query(earlier, COUNTED) == query(earlier, REALLY)
    database = Database(f"postgresql://{role}:x@{server}")
    with database.tasks_of("owner-7") as tasks:
        added = tasks.add(title="New", description=None, idempotency_key="k")
        tasks.toggle(added.id)
        tasks.delete(added.id)
        assert tasks.list().version is not None
    database.dispose()
    assert query(f"postgresql://{reader}:x@{server}", "SELECT count(*) FROM task_lists") == [(58,)]
    for each in (role, reader, later):
        query(earlier, f'DROP OWNED BY "{each}"; DROP ROLE "{each}"')


def test_it_can_be_taken_back(earlier: str) -> None:
    migrate(earlier)

    unmigrate(earlier, revision="0002")
    query(earlier, "UPDATE tasks SET title = 'x'")
    migrate(earlier)

    assert query(earlier, COUNTED) == query(earlier, REALLY)


def test_a_search_path_without_the_tables_changes_nothing(earlier: str) -> None:
    migrate(earlier)

    query(
        earlier,
        """
        SET search_path TO pg_catalog;
        UPDATE public.tasks SET title = 'x';
        DELETE FROM public.users WHERE id = 'owner-7';
        """,
    )

    assert query(earlier, COUNTED) == query(earlier, REALLY)


def test_who_deletes_the_last_task_before_it_was_counted_has_none(
    earlier: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(earlier)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(task_lists, "UNCOUNTED", text("SELECT 'x' WHERE false"))
        migrate(earlier)
    with database.tasks_of("owner-7") as tasks:
        tasks.list()
        tasks.add(title="New", description=None)
        assert tasks.list().version is not None
        query(earlier, "DELETE FROM tasks WHERE user_id = 'owner-7'")

        assert tasks.list() == TaskList(0, b"[]")

    migrate(earlier)

    assert query(earlier, COUNTED) == query(earlier, REALLY)
    assert query(earlier, "SELECT count(*) FROM task_lists WHERE tasks IS NULL") == [(0,)]
    database.dispose()


def test_no_version_comes_again_after_a_downgrade(earlier: str) -> None:
    migrate(earlier)
    ((before,),) = query(earlier, "SELECT max(version) FROM task_lists")

    unmigrate(earlier, revision="0002")
    migrate(earlier)

    ((now,),) = query(earlier, "SELECT min(version) FROM task_lists")
    assert now > before


def test_tables_in_another_schema_than_new_ones_would_be_are_refused(earlier: str) -> None:
    query(earlier, "CREATE SCHEMA postgres")  # As the role is named, so it comes first.

    with pytest.raises(MigrationError, match=r"schema public, .* in postgres"):
        migrate(earlier)

    assert query(earlier, "SELECT version_num FROM tasks_alembic_version") == [("0002",)]
