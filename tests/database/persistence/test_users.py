"""Which owners exist, and what becomes of those who do not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product
from threading import Barrier

import psycopg2
import pytest

from persistence.errors import OwnerNotFound, TaskNotFound
from persistence.migrate import migrate
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import create_better_auth, query, sign_up
from tests.support.operations import ALL, ON_ONE_TASK, all_of

UUID = "8c5a2f2e-3b63-4b3c-9a52-0b3b0f0a2d11"

# Per type of the users' id: one that exists, one that does not, one that cannot, and those that
# PostgreSQL would read as the one that exists.
IDS = {
    "text": ("yT4kq", "nobody", "\0"),
    "varchar(36)": ("yT4kq", "nobody", "x" * 37),
    "uuid": (UUID, UUID.replace("8", "9"), "yT4kq", UUID.upper(), f"{{{UUID}}}", f" {UUID}"),
    "integer": ("17", "18", "99999999999", "0x11", "017", "+17", " 17", "1_7", "0b10001"),
    "bigint": ("17", "18", "seventeen", "17 ", "0o21"),
}
each_id_type = pytest.mark.parametrize("id_type", IDS)


@contextmanager
def better_auth(
    url: str, *, id_type: str = "text", users_table: str = "user", user_provisioning: str = "auto"
) -> Iterator[Database]:
    """Give a migrated database with Better Auth's tables, where one user has signed up."""
    create_better_auth(url, users_table=users_table, id_type=id_type)
    sign_up(url, IDS[id_type][0], users_table=users_table)
    migrate(url, users_table=users_table)
    database = Database(url, users_table=users_table, user_provisioning=user_provisioning)
    yield database
    database.dispose()


def users_of(url: str) -> list[tuple[str, str | None, str | None]]:
    return list(query(url, "SELECT id, email, name FROM users ORDER BY id"))


@each_id_type
def test_on_better_auths_table_an_owner_who_does_not_exist_is_refused(
    empty_database_url: str, id_type: str
) -> None:
    existing, *strangers = IDS[id_type]
    with better_auth(empty_database_url, id_type=id_type) as database:
        with database.tasks_of(existing) as tasks:
            task = tasks.add(title="Buy milk", description=None)

        for stranger, operation in product(strangers, ALL.values()):
            with pytest.raises(OwnerNotFound), database.tasks_of(stranger) as tasks:
                operation(tasks, task.id)

        with database.tasks_of(existing) as tasks:
            assert all_of(tasks) == [task]


@each_id_type
def test_on_better_auths_table_a_user_has_tasks_whatever_the_type_of_the_id(
    empty_database_url: str, id_type: str
) -> None:
    user_id = IDS[id_type][0]
    with (
        better_auth(empty_database_url, id_type=id_type) as database,
        database.tasks_of(user_id) as tasks,
    ):
        assert all_of(tasks) == []

        task = tasks.add(title="Buy milk", description=None)
        toggled = tasks.toggle(task.id)
        replaced = tasks.replace(task.id, title="New", description=None)

        assert [task.user_id, toggled.user_id, replaced.user_id] == [user_id] * 3
        assert all_of(tasks) == [tasks.get(task.id)] == [replaced]
        tasks.delete(task.id)


def test_on_better_auths_table_a_user_does_not_find_a_task_that_is_missing(
    empty_database_url: str,
) -> None:
    with better_auth(empty_database_url) as database:
        for operation in ON_ONE_TASK.values():
            with pytest.raises(TaskNotFound), database.tasks_of("yT4kq") as tasks:
                operation(tasks, 1)


def test_a_user_who_is_deleted_takes_the_tasks_along_and_is_refused_from_then_on(
    empty_database_url: str,
) -> None:
    with better_auth(empty_database_url) as database:
        with database.tasks_of("yT4kq") as tasks:
            task = tasks.add(title="Buy milk", description=None)

        query(empty_database_url, 'DELETE FROM "user"')

        assert query(empty_database_url, "SELECT count(*) FROM tasks") == [(0,)]
        for operation in ALL.values():
            with pytest.raises(OwnerNotFound), database.tasks_of("yT4kq") as tasks:
                operation(tasks, task.id)


def test_a_user_who_is_deleted_while_a_task_is_added_is_refused(empty_database_url: str) -> None:
    with better_auth(empty_database_url) as database, ThreadPoolExecutor(1) as threads:
        deletion = psycopg2.connect(empty_database_url)
        deletion.cursor().execute('DELETE FROM "user"')

        addition = threads.submit(_add, database, "yT4kq")
        _wait_until_somebody_waits_for_a_lock(empty_database_url)
        deletion.commit()

        with pytest.raises(OwnerNotFound):
            addition.result()
        deletion.close()


def test_on_a_stand_in_the_first_write_adds_the_owner(
    database: Database, database_url: str
) -> None:
    with database.tasks_of("alice", email="alice@example.com", name="Alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)

    assert task.user_id == "alice"
    assert users_of(database_url) == [("alice", "alice@example.com", "Alice")]


def test_on_a_stand_in_an_owner_is_added_once_and_kept_as_added(
    database: Database, database_url: str
) -> None:
    for name in ("Alice", "Malice"):
        with database.tasks_of("alice", name=name) as tasks:
            tasks.add(title="Buy milk", description=None)

    assert users_of(database_url) == [("alice", None, "Alice")]


def test_on_a_stand_in_first_writes_at_once_all_succeed(
    database: Database, database_url: str
) -> None:
    together = Barrier(8)

    def add(_: int) -> None:
        together.wait()
        _add(database, "alice")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(8)))

    assert len(users_of(database_url)) == 1
    assert query(database_url, "SELECT count(*) FROM tasks") == [(8,)]


def test_on_a_stand_in_an_owner_who_has_written_nothing_is_no_stranger(
    database: Database, database_url: str
) -> None:
    with database.tasks_of("alice") as tasks:
        assert all_of(tasks) == []

    for operation in ON_ONE_TASK.values():
        with pytest.raises(TaskNotFound), database.tasks_of("alice") as tasks:
            operation(tasks, 1)

    assert users_of(database_url) == []


def test_on_a_stand_in_a_name_that_cannot_be_stored_is_left_out(
    database: Database, database_url: str
) -> None:
    with database.tasks_of("alice", email="a\0b", name="\ud800") as tasks:
        tasks.add(title="Buy milk", description=None)

    assert users_of(database_url) == [("alice", None, None)]


@pytest.mark.parametrize("impossible", ["a\0b", "\ud800"])
def test_an_owner_whom_the_database_cannot_name_is_refused(
    database: Database, impossible: str
) -> None:
    for operation in ALL.values():
        with pytest.raises(OwnerNotFound), database.tasks_of(impossible) as tasks:
            operation(tasks, 1)


@pytest.mark.own_database
def test_a_stand_in_that_better_auth_has_adopted_admits_nobody(
    database: Database, database_url: str
) -> None:
    _add(database, "alice")
    query(database_url, 'ALTER TABLE users ADD "emailVerified" boolean NOT NULL DEFAULT false')

    for operation in ALL.values():
        with pytest.raises(OwnerNotFound), database.tasks_of("bob") as tasks:
            operation(tasks, 1)

    with database.tasks_of("alice") as tasks:
        assert len(all_of(tasks)) == 1


def test_require_refuses_a_stranger_on_a_stand_in_too(database_url: str) -> None:
    database = Database(database_url, user_provisioning="require")

    for operation in ALL.values():
        with pytest.raises(OwnerNotFound), database.tasks_of("alice") as tasks:
            operation(tasks, 1)

    database.dispose()


def test_create_adds_an_owner_to_any_table_that_takes_the_row(empty_database_url: str) -> None:
    query(empty_database_url, "CREATE TABLE users (id text PRIMARY KEY, email text, name text)")
    migrate(empty_database_url)
    database = Database(empty_database_url, user_provisioning="create")

    _add(database, "alice")

    assert users_of(empty_database_url) == [("alice", None, None)]
    database.dispose()


@pytest.mark.parametrize("id_type", ["text", "integer generated always as identity"])
def test_create_refuses_an_owner_whose_row_the_table_does_not_take(
    empty_database_url: str, id_type: str
) -> None:
    create_better_auth(empty_database_url, id_type=id_type)
    migrate(empty_database_url)
    database = Database(empty_database_url, user_provisioning="create")

    with database.tasks_of("1") as tasks:
        assert all_of(tasks) == []
    with pytest.raises(OwnerNotFound):
        _add(database, "1")

    database.dispose()


@pytest.mark.parametrize(
    "users_table", ["user", "User", "user accounts", '"; DROP TABLE tasks; --', "100%s", "a:b"]
)
def test_the_users_table_may_have_any_name(empty_database_url: str, users_table: str) -> None:
    migrate(empty_database_url, users_table=users_table)
    database = Database(empty_database_url, users_table=users_table)

    _add(database, "alice")

    with database.tasks_of("alice") as tasks:
        assert len(all_of(tasks)) == 1
    with database.tasks_of("bob") as tasks:
        assert all_of(tasks) == []
    database.dispose()


def test_the_users_table_may_be_in_another_schema(empty_database_url: str) -> None:
    query(empty_database_url, "CREATE SCHEMA auth")
    query(empty_database_url, "CREATE TABLE auth.user (id uuid PRIMARY KEY)")
    query(empty_database_url, "INSERT INTO auth.user VALUES (%s)", UUID)
    migrate(empty_database_url, users_table="auth.user")
    database = Database(empty_database_url, users_table="auth.user")

    _add(database, UUID)

    with pytest.raises(OwnerNotFound), database.tasks_of("alice") as tasks:
        all_of(tasks)
    database.dispose()


@pytest.mark.parametrize("users_table", ["", "a.b.c", ".users", "auth.", "x" * 64, "a\0b"])
def test_what_cannot_name_a_table_is_a_value_error(users_table: str) -> None:
    with pytest.raises(ValueError, match="not the name of a table"):
        Database("postgresql://localhost/tasks", users_table=users_table)


def _add(database: Database, owner: str) -> None:
    with database.tasks_of(owner) as tasks:
        tasks.add(title="Buy milk", description=None)


def _wait_until_somebody_waits_for_a_lock(url: str) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    while query(url, waiting) == [(0,)]:
        pass
