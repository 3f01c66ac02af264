"""Upgrade and roll back, while the service works with a role that may not change the schema."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psycopg2

from persistence.migrate import migrate
from tests.database.persistence.test_lists import COUNTED, REALLY
from tests.support.database import query
from tests.support.service import NO_TLS
from tests.system.replicas.next_version import NUMBER, write_next_version
from tests.system.runbooks.conftest import CHECK, GRANT, MIGRATE, PASSWORD, Start
from tests.system.runbooks.replica import PAUSE_SECONDS, Replica
from tests.system.runbooks.shell import Shell, commands

(ROLL_BACK,) = commands("Roll back a release")

# As version 0.1 named its version table, and its README the rights.
OF_VERSION_0_1 = f"""
    ALTER TABLE tasks_alembic_version RENAME TO alembic_version;
    ALTER INDEX tasks_alembic_version_pkc RENAME TO alembic_version_pkc;
    CREATE ROLE tasks_service LOGIN PASSWORD '{PASSWORD}';
    GRANT SELECT, INSERT, UPDATE, DELETE ON tasks, idempotency_keys TO tasks_service;
    GRANT SELECT ON alembic_version TO tasks_service;
    GRANT SELECT, INSERT ON users TO tasks_service;
    INSERT INTO users (id) VALUES ('alice'), ('bob');
    INSERT INTO tasks (user_id, title) VALUES ('alice', 'Buy milk'), ('bob', 'Call the dentist');
"""
# What version 0.1 sends, as far as triggers and locks are concerned.
ADD = "INSERT INTO tasks (user_id, title) VALUES ('alice', 'x') RETURNING id"
CHANGE = "UPDATE tasks SET title = 'y', updated_at = clock_timestamp() WHERE id = %s RETURNING id"
REMOVE = "DELETE FROM tasks WHERE id = %s RETURNING id"
READ = "SELECT version_num, (SELECT count(*) FROM tasks) FROM alembic_version"


@contextmanager
def traffic_of_version_0_1(url: str) -> Iterator[list[str]]:
    """Change tasks for the time of a block, and give what failed."""
    failures: list[str] = []
    over = threading.Event()

    def work() -> None:
        with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            try:
                while not over.wait(PAUSE_SECONDS):
                    cursor.execute(ADD)
                    ((task_id,),) = cursor.fetchall()
                    cursor.execute(CHANGE, [task_id])
                    cursor.execute(REMOVE, [task_id])
                    cursor.execute(READ)
            except psycopg2.Error as error:
                failures.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield failures
    finally:
        over.set()
        thread.join()


def version_of(replica: Replica) -> str:
    """Return the version that the contract of a replica has."""
    document = httpx.get(f"{replica.url}/openapi.json", verify=NO_TLS).json()
    version: str = document["info"]["version"]
    return version


def test_an_upgrade_from_0_1_gives_the_role_of_the_service_all_its_rights(
    shell: Shell, start: Start
) -> None:
    owner, service = (shell.variables[name] for name in ("DATABASE_URL_UNPOOLED", "DATABASE_URL"))
    migrate(owner, revision="0002")
    query(owner, OF_VERSION_0_1)

    with traffic_of_version_0_1(service) as failures:
        assert "No problems found." in shell.run(f"{MIGRATE}\n{CHECK}")
        shell.run(GRANT)
        replica = start(shell)
        with replica.under_load("alice") as load:
            pass

    assert failures == []
    assert load.failures == []
    assert replica.is_ready()
    assert query(owner, COUNTED) == query(owner, REALLY)


def test_the_next_version_is_deployed_and_rolled_back_without_a_request_that_fails(
    deployed: Shell, start: Start, tmp_path: Path
) -> None:
    next_version = tmp_path / "next"
    write_next_version(next_version)
    replica = start(deployed)
    present, present_path = version_of(replica), deployed.variables["PYTHONPATH"]

    with replica.under_load("alice") as load:
        deployed.variables["PYTHONPATH"] = str(next_version)
        deployed.run(f"{MIGRATE}\n{GRANT}")
        load.wait_for(answers=10)
        replica.replace()
        assert version_of(replica) == NUMBER
        load.wait_for(answers=10)
        deployed.variables["PYTHONPATH"] = present_path
        printed = deployed.run(ROLL_BACK)
        replica.replace()

    assert load.failures == []
    assert "WARNING schema-ahead" in printed
    assert "0 fatal, 1 warning." in printed
    assert version_of(replica) == present
    assert replica.is_ready()
