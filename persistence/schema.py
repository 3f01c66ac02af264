"""Which schema this version of the program needs."""

from pathlib import Path

# In a checkout and in an installation alike, the migrations lie beside this package.
MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def expected_revision() -> str:
    """Give the newest migration's number, from the names of the files: `0001_tasks.py` is `0001`.

    Alembic knows it too, but takes a tenth of a second to import.
    """
    return max(file.name.partition("_")[0] for file in MIGRATIONS.glob("versions/[0-9]*_*.py"))
