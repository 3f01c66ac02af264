"""The models and the migrations describe the same tables."""

import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine

from persistence import migrate as migrations
from persistence import readiness as schema
from persistence.migrate import alembic_config, draft, migrate
from persistence.models import build_metadata
from tests.database.migrations.catalog import MODELLED, description_of
from tests.support.database import create_better_auth, new_database, query


@pytest.fixture(
    scope="module", params=["text", "varchar", "varchar(36)", "uuid", "integer", "bigint"]
)
def id_type_and_url(request: pytest.FixtureRequest, postgres: str) -> Iterator[tuple[str, str]]:
    """Give each type that the users' id may have, and a database migrated beside Better Auth's."""
    with new_database(postgres, template="template0") as url:
        create_better_auth(url, id_type=request.param, users_table="user")
        migrate(url, users_table="user")
        yield request.param, url


@pytest.mark.requirement("FR-029")
@pytest.mark.parametrize("table", ["tasks", "idempotency_keys"])
def test_the_foreign_key_takes_the_type_of_the_users_id(
    id_type_and_url: tuple[str, str], table: str
) -> None:
    id_type, url = id_type_and_url

    found = query(
        url,
        """
        SELECT format_type(atttypid, atttypmod) FROM pg_attribute
         WHERE attrelid = %s::regclass AND attname = 'user_id'
        """,
        table,
    )

    assert found == [(id_type.replace("varchar", "character varying"),)]


def test_alembic_finds_no_difference_beside_better_auth(id_type_and_url: tuple[str, str]) -> None:
    _, url = id_type_and_url

    command.check(alembic_config(url, users_table="user"))


def test_alembic_finds_no_difference_on_a_stand_in(database_url: str) -> None:
    command.check(alembic_config(database_url))


@pytest.mark.parametrize(
    "change",
    [
        "ADD never_ours integer",
        "ALTER title TYPE varchar",
        "ALTER completed DROP DEFAULT",
        "DROP CONSTRAINT fk_tasks_user_id",
    ],
)
def test_alembic_does_find_a_difference_in_a_table_of_ours(database_url: str, change: str) -> None:
    query(database_url, f"ALTER TABLE tasks {change}")

    with pytest.raises(Exception, match="New upgrade operations detected"):
        command.check(alembic_config(database_url))


def test_tables_made_from_the_models_are_the_tables_that_migrations_make(
    empty_database_url: str, database_url: str
) -> None:
    # Alembic compares no CHECK and no name of a primary key; the catalog has all of them.
    engine = create_engine(empty_database_url.replace("postgresql:", "postgresql+psycopg2:"))
    build_metadata().create_all(engine)
    engine.dispose()

    for table in ("tasks", "idempotency_keys", "task_lists"):
        modelled = description_of(empty_database_url, table, MODELLED)
        assert modelled == description_of(database_url, table, MODELLED)


def test_a_draft_is_numbered_and_proposes_only_what_is_ours(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "100% mine"
    shutil.copytree(schema.MIGRATIONS, copy)
    for module in (schema, migrations):
        monkeypatch.setattr(module, "MIGRATIONS", copy)
    query(database_url, "CREATE TABLE verification (id text); ALTER TABLE tasks ADD extra text")

    newest = schema.expected_revision()

    draft(database_url, "Drop the extra")

    written = copy / "versions" / f"{int(newest) + 1:04}_drop_the_extra.py"
    assert "op.drop_column('tasks', 'extra')" in written.read_text()
    assert "verification" not in written.read_text()
    assert runpy.run_path(str(written))["down_revision"] == newest
