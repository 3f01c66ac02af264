"""What runs the services that are not in Python: Node.js, Bun and Go, where they are."""

import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

_APPS = ROOT / "bench" / "apps"
_BUILT = ROOT / "build" / "bench"
_GO_PATH = Path("/usr/share/gocode")
"""Where Debian puts the packages of Go."""
_GO_PACKAGES = {
    "github.com/jackc/pgx/v4": "golang-github-jackc-pgx-v4-dev",
    "github.com/golang-jwt/jwt": "golang-github-golang-jwt-jwt-dev",
}


class Missing(Exception):
    """What this machine lacks to run a service, in a line."""


def need_module(name: str) -> None:
    """Raise Missing if a package of `requirements/bench-all.txt` is not installed."""
    if find_spec(name) is None:
        message = f"{name} is not installed; `make bench` installs it"
        raise Missing(message)


def node(_port: int) -> list[str]:
    """Give the command of the service on Node.js."""
    return [_installed("fastify"), str(_APPS / "fastify" / "server.js")]


def bun(_port: int) -> list[str]:
    """Give the command of the service on Bun, whose program comes from npm."""
    _installed("bun")
    program = _APPS / "bun" / "node_modules" / "bun" / "bin" / "bun.exe"  # So on Linux, too.
    return [str(program), str(_APPS / "bun" / "server.js")]


def go(_port: int) -> list[str]:
    """Give the command of the service in Go, once it is built."""
    return [str(_built_by_go())]


@cache
def _installed(folder: str) -> str:
    """Install the npm packages of a service, and give the path of Node.js."""
    script, home = str(ROOT / "scripts" / "npm-ci.sh"), str(_APPS / folder)
    command = [script, home, sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(_last_line(done.stderr))
    return done.stdout.strip()


@cache
def _built_by_go() -> Path:
    beside = Path(sys.executable).with_name("go")
    program = str(beside) if beside.exists() else shutil.which("go")
    if program is None:
        raise Missing("Go is not installed; `make bench` installs it")
    for package, debian in _GO_PACKAGES.items():
        if not (_GO_PATH / "src" / package).exists():
            message = f"{package} is not installed (on Debian: apt install {debian})"
            raise Missing(message)
    built = _BUILT / "go"
    # Without modules, as Debian's packages are meant to be used.
    environment = {"GO111MODULE": "off", "GOPATH": str(_GO_PATH), "GOCACHE": f"{built}-cache"}
    command = [program, "build", "-o", str(built), str(_APPS / "go" / "main.go")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{program} cannot build it: {done.stderr.strip().splitlines()[0]}"
        raise Missing(message)
    return built


def _last_line(output: str) -> str:
    return output.strip().rpartition("\n")[2]
