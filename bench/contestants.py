"""Who is compared, and how each is started: one process, with the defaults of its server."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import runtimes
from bench.runtimes import ROOT

CHECKOUT = "BENCH_CHECKOUT"
"""Names another folder to run this service from, so that two versions can be compared."""

# As this service does it: no proxy is in front, and `Server` says nothing. The access log stays
# on everywhere, for it is on by default here.
_UVICORN = ("--loop", "uvloop", "--http", "httptools", "--no-proxy-headers", "--no-server-header")
_GRANIAN = ("--interface", "asgi", "--loop", "uvloop", "--workers", "1", "--access-log")


class Contestant(NamedTuple):
    """A service that is compared."""

    name: str
    title: str
    command: Callable[[int], list[str]]
    """Give the command line that serves on a port of 127.0.0.1; Missing if it cannot run here."""
    driver: str = ""
    """What its database URL needs after `postgresql`."""

    def database_url(self, url: str) -> str:
        """Give the URL in the way that names its driver."""
        return url.replace("postgresql:", f"postgresql{self.driver}:", 1)

    @property
    def folder(self) -> Path:
        """The checkout that it runs from."""
        return Path(os.environ.get(CHECKOUT, ROOT)).resolve() if self.name == "ours" else ROOT


def _tasks_api(_port: int) -> list[str]:
    return [sys.executable, "-m", "tasks_api", "serve"]


def _uvicorn(module: str, port: int) -> list[str]:
    target = ("-m", "uvicorn", f"bench.apps.{module}:app", "--port", str(port))
    return [sys.executable, *target, *_UVICORN]


def _granian(module: str, port: int) -> list[str]:
    runtimes.need_module("granian")
    target = ("-m", "granian", f"bench.apps.{module}:app", "--port", str(port))
    return [sys.executable, *target, *_GRANIAN]


OURS = Contestant("ours", "this service", _tasks_api)
USUAL = Contestant(
    "usual", "FastAPI + SQLModel", partial(_uvicorn, "fastapi_sqlmodel"), "+psycopg2"
)
ASYNC = Contestant("async", "FastAPI + asyncpg", partial(_uvicorn, "fastapi_asyncpg"))
BLACKSHEEP = Contestant("blacksheep", "BlackSheep", partial(_granian, "blacksheep_granian"))
FASTIFY = Contestant("fastify", "Fastify", runtimes.node)
BUN = Contestant("bun", "Hono on Bun", runtimes.bun)
GO = Contestant("go", "Go", runtimes.go)
FLOOR = Contestant("floor", "the floor", partial(_uvicorn, "floor"))

ALL = (OURS, USUAL, ASYNC, BLACKSHEEP, FASTIFY, BUN, GO, FLOOR)
IN_PYTHON = (OURS, USUAL, ASYNC, FLOOR)
"""Those that need nothing but the packages of `requirements/bench.txt`."""
BY_NAME = {each.name: each for each in ALL}


def others(contestants: tuple[Contestant, ...] = ALL) -> tuple[Contestant, ...]:
    """Give all but this service."""
    return tuple(each for each in contestants if each is not OURS)


def runnable() -> tuple[tuple[Contestant, ...], dict[str, str]]:
    """Give those that can run on this machine, and by title what the others lack."""
    missing: dict[str, str] = {}
    for each in ALL:
        try:
            each.command(0)
        except runtimes.Missing as reason:
            missing[each.title] = str(reason)
    return tuple(each for each in ALL if each.title not in missing), missing
