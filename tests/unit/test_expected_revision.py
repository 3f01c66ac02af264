"""Which schema the program asks for."""

from alembic.script import ScriptDirectory

from persistence.migrate import alembic_config
from persistence.readiness import expected_revision


def test_the_expected_revision_is_alembics_head() -> None:
    scripts = ScriptDirectory.from_config(alembic_config("postgresql://localhost/tasks"))

    assert expected_revision() == scripts.get_current_head()


def test_every_migration_is_named_for_its_revision() -> None:
    scripts = ScriptDirectory.from_config(alembic_config("postgresql://localhost/tasks"))

    for script in scripts.walk_revisions():
        name = script.path.rpartition("/")[2]
        assert name.startswith(f"{script.revision}_")
