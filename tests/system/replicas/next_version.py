"""A version of the service after this one: another number, and a migration that expands."""

import shutil
from pathlib import Path

from persistence.readiness import expected_revision
from tests.support.paths import ROOT

NUMBER = "9.0.0"

_PACKAGES = ("boundary", "handlers", "migrations", "openapi", "persistence", "tasks_api")
_MIGRATION = '''
"""A column that this version does not know."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    """Add it, which locks the tasks for a moment."""
    op.add_column("tasks", sa.Column("priority", sa.SmallInteger))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("tasks", "priority")
'''


def write_next_version(folder: Path) -> None:
    """Write the packages of the next version into a folder, to be put on Python's path."""
    ignored = shutil.ignore_patterns("__pycache__")
    for package in _PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    before = expected_revision()
    revision = f"{int(before) + 1:04}"
    file = folder / "migrations" / "versions" / f"{revision}_priority.py"
    file.write_text(_MIGRATION.lstrip().format(revision=revision, before=before))
    contract = folder / "openapi" / "tasks.yaml"
    lines = contract.read_text(encoding="utf-8").splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if line.startswith("  version: "))
    lines[number] = f"  version: {NUMBER}\n"
    contract.write_text("".join(lines), encoding="utf-8")
