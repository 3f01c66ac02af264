"""Has squawk read the SQL of every migration: `python -m scripts.lint_migrations`.

A migration asks the database for the type of the users' id, so that there is no SQL of it without a
database. This runs them all on a PostgreSQL that is thrown away, and notes what it is sent. The
rules are in `.squawk.toml`.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, event

from persistence.migrate import migrate
from persistence.readiness import MIGRATIONS
from tasks_api.dev.local_postgres import LocalPostgres

SQUAWK = Path(sys.executable).with_name("squawk")


def main() -> int:
    """Write the SQL of each migration into a file, and give squawk's verdict on all of them."""
    with TemporaryDirectory() as folder:
        files = list(_written(Path(folder)))
        return subprocess.run([SQUAWK, *files], check=False).returncode


def _written(folder: Path) -> Iterator[Path]:
    data = folder / "postgres"
    data.mkdir()
    with LocalPostgres(data, fsync=False) as server:
        for migration in sorted(MIGRATIONS.glob("versions/[0-9]*.py")):
            with _noted() as statements:
                migrate(server.url, revision=migration.name.partition("_")[0])
            file = folder / migration.with_suffix(".sql").name
            file.write_text("".join(f"{each};\n" for each in statements), encoding="utf-8")
            yield file


@contextmanager
def _noted() -> Iterator[list[str]]:
    """Give the list of the statements that are no questions, as they are sent from now on."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.lstrip().startswith("SELECT") and "alembic_version" not in statement:
            statements.append(statement.strip())

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


if __name__ == "__main__":
    sys.exit(main())
