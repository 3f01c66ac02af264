"""The service with the settings of an operator's shell."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.support.api import Api, token_of
from tests.support.clients import Load
from tests.support.jws import DAY, in_
from tests.support.service import AUDIENCE, NO_TLS, SECRET
from tests.system.faults.server import Server
from tests.system.runbooks.shell import Shell

PAUSE_SECONDS = 0.05

SETTINGS = (
    "BETTER_AUTH_SECRET",
    "BETTER_AUTH_SECRET_PREVIOUS",
    "DATABASE_URL",
    "JWT_AUDIENCE",
    "REQUEST_TIMEOUT",
)


class Replica:
    """One process of the service, replaced on the same port.

    Clients try again to connect meanwhile, as a proxy does, but repeat no request.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        folder = shell.folder / "replica"
        folder.mkdir()
        self._server = Server(folder, shell.variables["DATABASE_URL"], **self._settings())
        self.url = f"http://127.0.0.1:{self._server.port}"

    def replace(self) -> None:
        """Stop it, and start it with the settings that the shell has now."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Stop it as an orchestrator does."""
        assert self._server.stop() == ""

    def start(self) -> None:
        """Start it again."""
        self._server.start(**self._settings())

    def close(self) -> None:
        """End it, and fail if its log tells of a bug."""
        self._server.close()
        assert self._server.errors() == []

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return self._server.log.read_text(encoding="utf-8")

    @contextmanager
    def under_load(self, user_id: str, *, secret: str = SECRET) -> Iterator[Load]:
        """Have two clients of a user read and create tasks for the time of a block."""
        load = Load(self._server.port, token(user_id, secret=secret), PAUSE_SECONDS)
        with load.running(kept=1, fresh=1):
            load.wait_for(answers=10)
            yield load
            load.wait_for(answers=10)

    def api(self, user_id: str, *, secret: str = SECRET) -> Api:
        """Return the service in the hands of a user."""
        return Api(self.url, user_id, token(user_id, secret=secret))

    def is_ready(self) -> bool:
        """Return whether it can use its database, which it asks now."""
        answer = httpx.get(f"{self.url}/readyz", params={"deep": 1}, verify=NO_TLS, timeout=30)
        return answer.status_code == 200

    def _settings(self) -> dict[str, str]:
        given = {name: self._shell.variables.get(name, "") for name in SETTINGS}
        return {**given, "PYTHONPATH": self._shell.variables["PYTHONPATH"]}


def token(user_id: str, *, secret: str = SECRET) -> str:
    """Sign a token that is good for a day."""
    return token_of(user_id, secret=secret, aud=AUDIENCE, exp=in_(DAY))
