"""Who is compared, and how each is started: one process, uvloop, httptools, its defaults else."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
CHECKOUT = "BENCH_CHECKOUT"
"""Names another folder to run this service from, so that two versions can be compared."""

# As this service does it: no proxy is in front, and `Server` says nothing. The access log stays
# on everywhere, for it is on by default here.
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-proxy-headers", "--no-server-header")


class Contestant(NamedTuple):
    """A service that is compared."""

    name: str
    title: str
    driver: str
    module: str | None
    """The application's module below `bench.apps`, or None for this service."""

    def command(self, port: int) -> list[str]:
        """Give the command line that serves on a port of 127.0.0.1."""
        if self.module is None:
            return [sys.executable, "-m", "tasks_api", "serve"]
        target = ("-m", "uvicorn", f"bench.apps.{self.module}:app", "--port", str(port))
        return [sys.executable, *target, *_UVICORN]

    def database_url(self, url: str) -> str:
        """Give the URL in the way that names its driver."""
        return url.replace("postgresql:", f"postgresql{self.driver}:", 1)

    @property
    def folder(self) -> Path:
        """The checkout that it runs from."""
        return Path(os.environ.get(CHECKOUT, ROOT)).resolve() if self.module is None else ROOT


OURS = Contestant("ours", "this service", "", None)
USUAL = Contestant("usual", "FastAPI + SQLModel", "+psycopg2", "fastapi_sqlmodel")
ASYNC = Contestant("async", "FastAPI + asyncpg", "+asyncpg", "fastapi_asyncpg")
FLOOR = Contestant("floor", "the floor", "", "floor")

ALL = (OURS, USUAL, ASYNC, FLOOR)
OTHERS = ALL[1:]
BY_NAME = {each.name: each for each in ALL}
