"""`make demo` and `make e2e`: the frontend, built, with the service and a PostgreSQL of its own."""

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
from scripts.node_js import BUILT, Missing, build, find_node, npm, surroundings
from tasks_api.dev.local_postgres import LocalPostgres, LocalPostgresError

KEPT = Path(".local/demo").resolve()
"""The users, the tasks and the secret of `make demo`."""

SERVICE_PORT, FRONTEND_PORT = 8000, 3000
START_SECONDS = 120
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
GREETING = f"\n  Open http://localhost:{FRONTEND_PORT}\n\n  Ctrl-C stops everything.\n"

# Not through the proxy of the environment.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def main() -> None:
    """Do what the command line names: `demo` or `e2e`."""
    # Both as Ctrl-C, also where a shell has started this in the background and SIGINT is ignored.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)
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
    node = find_node()
    for port in (SERVICE_PORT, FRONTEND_PORT):
        _demand_free(port)
    build(node)
    with ExitStack() as stack:
        postgres = stack.enter_context(LocalPostgres(KEPT / "postgres"))
        given = _settings(postgres.url, _kept_secret(), SERVICE_PORT, FRONTEND_PORT)
        _migrate(node, given)
        service = stack.enter_context(_running([sys.executable, "-m", "tasks_api", "serve"], given))
        frontend = {**given, "PORT": str(FRONTEND_PORT), "HOSTNAME": "127.0.0.1"}
        server = stack.enter_context(_running([node, str(BUILT / "server.js")], frontend))
        _wait_until_it_answers(f"http://127.0.0.1:{SERVICE_PORT}/readyz", service)
        _wait_until_it_answers(f"http://127.0.0.1:{FRONTEND_PORT}/sign-in", server)
        print(GREETING, flush=True)
        while service.poll() is None and server.poll() is None:
            time.sleep(0.5)
        raise Missing("one of the two has ended; its last words are above")


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
        service, frontend = _free_ports(2)
        given = _settings(server.url, secrets.token_urlsafe(32), service, frontend)
        _migrate(node, given)
        run = {"SERVICE_PORT": str(service), "FRONTEND_PORT": str(frontend)}
        run |= {"CHROMIUM": browser, "PYTHON": sys.executable}
        run |= {"ONLY": os.environ.get("ONLY", ".")}  # A pattern for the names of scenarios.
        npm(node, "run", "--silent", "e2e", environment=surroundings(**given, **run))


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
    # A folder without a `.env`, whose settings are not for this service.
    process = subprocess.Popen(command, cwd=KEPT, env=surroundings(**given))
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


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
        server = ("127.0.0.1", 0)
        found = [stack.enter_context(socket.create_server(server)) for _ in range(count)]
        return [listener.getsockname()[1] for listener in found]


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    started = time.monotonic()
    print(f"Waiting for {url} ...", flush=True)
    while process.poll() is None and time.monotonic() < started + START_SECONDS:
        try:
            DIRECT.open(url, timeout=START_SECONDS).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    waited = time.monotonic() - started
    message = f"{url} did not answer within {waited:.0f} s; its output is above"
    raise Missing(message)


if __name__ == "__main__":
    main()
