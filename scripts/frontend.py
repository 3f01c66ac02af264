"""`make demo` and `make e2e`: the frontend, built, with the service and a PostgreSQL of its own.

`python -m scripts.frontend settings` prints the `.env.local` for a service that `make run` started.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from persistence.migrate import MigrationError, migrate
from scripts.demo_control import Control, Service, end
from scripts.node_js import BUILT, Missing, build, find_node, npm, surroundings
from tasks_api.dev.local_postgres import LocalPostgres, LocalPostgresError
from tasks_api.dev.local_postgres.cluster import Cluster

KEPT = Path(".local/demo").resolve()
"""The users, the tasks and the secret of `make demo`."""

RUN = Path(".local").resolve()
"""The database and the secret of `make run`."""

SERVICE_PORT, FRONTEND_PORT = 8000, 3000
"""What `PORT` and `FRONTEND_PORT` replace. Where one is taken, any other port takes its place."""

STALLED_SECONDS = 120
"""How long a server may take to answer for the first time."""

LANES = 3
"""How many of `frontend/e2e/lane-*.test.ts` there are. They run side by side, each with servers."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# Not through the proxy of the environment.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> None:
    """Do what the command line names: `demo`, `e2e` or `settings`."""
    # Both as Ctrl-C, also where a shell has started this in the background and SIGINT is ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
    try:
        {"demo": demo, "e2e": e2e, "settings": settings}[sys.argv[1]]()
    except (LocalPostgresError, MigrationError, Missing) as error:
        sys.exit(f"Error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)


def demo() -> None:
    """Serve everything until Ctrl-C; users and tasks are kept for the next time."""
    node = find_node()
    service, frontend = _port("PORT", SERVICE_PORT), _port("FRONTEND_PORT", FRONTEND_PORT)
    build(node)
    with ExitStack() as stack:
        print("Starting PostgreSQL ...", flush=True)
        postgres = stack.enter_context(LocalPostgres(KEPT / "postgres"))
        given = {**_settings(postgres.url, _kept_secret(), service, frontend), **_demo(frontend)}
        _migrate(node, given)
        command = [sys.executable, "-m", "tasks_api", "serve"]
        api = Service(lambda: _start(command, given))
        stack.callback(api.stop)
        control = stack.enter_context(Control(api, postgres.url))
        settings = {**given, "PORT": str(frontend), "HOSTNAME": "127.0.0.1"}
        settings["DEMO_CONTROL_URL"] = control.url
        server = stack.enter_context(_running([node, str(BUILT / "server.js")], settings))
        _wait_until_it_answers("the service", f"http://127.0.0.1:{service}/readyz", api)
        _wait_until_it_answers("the frontend", f"http://127.0.0.1:{frontend}/icon.svg", server)
        print(f"\n  Open http://localhost:{frontend}\n\n  Ctrl-C stops everything.\n", flush=True)
        while api.poll() is None and server.poll() is None:
            time.sleep(0.5)
        raise Missing("one of the two has ended; its last words are above")


def _demo(frontend: int) -> dict[str, str]:
    """Return what makes a demo of it: a guest with tasks, at either name of this machine."""
    origins = f"http://localhost:{frontend},http://127.0.0.1:{frontend}"
    return {"DEMO": "1", "FRONTEND_URL": origins, "BETTER_AUTH_TRUSTED_ORIGINS": origins}


def e2e() -> None:
    """Run the scenarios in a browser, against a database that is thrown away."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise Missing("Chromium is needed: install it (on Debian: apt install chromium).")
    node = find_node()
    build(node)
    npm(node, "run", "--silent", "unit", environment=surroundings())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(LocalPostgres(folder, fsync=False))
        ports = _free_ports(2 * LANES)
        given = _settings(server.url, secrets.token_urlsafe(32), *ports[:2])
        _migrate(node, given)
        run = {"PORTS": ",".join(map(str, ports)), "CHROMIUM": browser, "PYTHON": sys.executable}
        run |= {"ONLY": os.environ.get("ONLY", ".")}  # A pattern for the names of scenarios.
        npm(node, "run", "--silent", "e2e", environment=surroundings(**given, **run))


def settings() -> None:
    """Print what the frontend needs to know of the database and the service of `make run`."""
    cluster = Cluster(RUN / "postgres")
    try:
        port = (RUN / "postgres/data/postmaster.pid").read_text(encoding="utf-8").splitlines()[3]
        secret = (RUN / "better-auth-secret").read_text(encoding="ascii").strip()
    except OSError as error:
        message = f"{error.filename} is missing: start the service with make run first."
        raise Missing(message) from error
    print(f"DATABASE_URL=postgresql://postgres:{cluster.password}@127.0.0.1:{port}/tasks")
    print(f"BETTER_AUTH_SECRET={secret}")
    print(f"TASKS_API_URL=http://127.0.0.1:{os.environ.get('PORT') or SERVICE_PORT}")


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
    subprocess.run([node, BUILT / "migrate.cjs"], env=surroundings(**given), check=True)
    migrate(given["DATABASE_URL"])


@contextmanager
def _running(command: list[str], given: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = _start(command, given)
    try:
        yield process
    finally:
        end(process)


def _start(command: list[str], given: dict[str, str]) -> subprocess.Popen[bytes]:
    # A folder without a `.env`, whose settings are not for this service.
    return subprocess.Popen(command, cwd=KEPT, env=surroundings(**given))


def _kept_secret() -> str:
    file = KEPT / "better-auth-secret"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return file.read_text(encoding="ascii")


def _port(setting: str, default: int) -> int:
    wanted = int(os.environ.get(setting) or default)
    try:
        socket.create_server(("127.0.0.1", wanted)).close()
    except OSError:
        (free,) = _free_ports(1)
        print(
            f"Port {wanted} is taken: using {free} instead ({setting} selects another).", flush=True
        )
        return free
    return wanted


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        server = ("127.0.0.1", 0)
        found = [stack.enter_context(socket.create_server(server)) for _ in range(count)]
        return [listener.getsockname()[1] for listener in found]


def _wait_until_it_answers(name: str, url: str, process: subprocess.Popen[bytes] | Service) -> None:
    started = time.monotonic()
    print(f"Starting {name} ...", flush=True)
    while process.poll() is None and time.monotonic() < started + STALLED_SECONDS:
        try:
            DIRECT.open(url, timeout=STALLED_SECONDS).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    waited = time.monotonic() - started
    message = f"{name} did not answer at {url} within {waited:.0f} s; its output is above"
    raise Missing(message)


if __name__ == "__main__":
    main()
