"""Everything that a row of the table of tokens needs: Better Auths, services, and people."""

import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, Self

import jwt

from persistence.migrate import migrate
from tests.support.api import Api, error_of
from tests.support.database import name_of, new_database, query
from tests.support.service import SECRET, Service, running_service
from tests.system.better_auth.node import BetterAuth
from tests.system.better_auth.person import Person

NEW_SECRET = "bT7kWz4nQy9xRj2mVf6cHs3gLd8pAe5u"
ISSUER, AUDIENCE = "https://app.example.com", "tasks"

# `tasks-api serve`, with what lies between two fetches of the keys cut down.
MIN_INTERVAL_SECONDS = 0.2
IMPATIENT = (
    "-c",
    f"""
from tasks_api.cli import main
from tasks_api.security import key_set
key_set.MIN_INTERVAL_SECONDS = key_set.MAX_AGE_SECONDS = {MIN_INTERVAL_SECONDS}
main(["serve"])
""",
)


class Answer(NamedTuple):
    """What the service answers; an accepted request has no message."""

    status: int
    message: str = ""


class Stage:
    """One database for Better Auth and the service, and others for what may not be mixed."""

    def __init__(self, better_auth: BetterAuth, server: str, folder: Path) -> None:
        self._better_auth = better_auth
        self._server = server
        self._folder = folder
        self._addresses: dict[tuple[str, str, str], str] = {}
        self._databases: dict[str, str] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start the services."""
        template = self._stack.enter_context(new_database(self._server, template="template0"))
        self._better_auth.migrate(template)
        migrate(template)
        self._template = name_of(template)
        self._services = {
            "secret": self._service(),
            "keys": self._service(
                program=IMPATIENT,
                BETTER_AUTH_JWKS_URL=f"{self._address('default', SECRET, 'main')}/api/auth/jwks",
            ),
            "strict": self._service(
                BETTER_AUTH_SECRET=NEW_SECRET,
                BETTER_AUTH_SECRET_PREVIOUS=SECRET,
                JWT_ISSUER=ISSUER,
                JWT_AUDIENCE=AUDIENCE,
            ),
        }
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything, and drop the databases."""
        self._stack.close()

    def person(self, set_up: str, *, secret: str = SECRET, database: str = "main") -> Person:
        """Sign somebody up at a set-up, which shares the service's database unless told not to."""
        return self._stack.enter_context(Person(self._address(set_up, secret, database)))

    def answer(self, service: str, person: Person, token: str) -> Answer:
        """Send the token with a request; where it is accepted, prove that it is this person's."""
        with Api(self._services[service].url, person.user_id, token) as api:
            response = api.list()
            if response.status_code != 200:
                status, _, message = error_of(response)
                return Answer(status, message)
            assert api.created()["user_id"] == person.user_id
            return Answer(200)

    def later(self, service: str, person: Person, token: str) -> None:
        """Ask until the keys that the service has are the ones of now."""
        give_up = time.monotonic() + 5
        while time.monotonic() < give_up and self.answer(service, person, token).status == 200:
            time.sleep(MIN_INTERVAL_SECONDS)

    def rotate(self, person: Person) -> str:
        """Have the key of Better Auth expire; give the first token of the key after it."""
        before = jwt.get_unverified_header(person.token())["kid"]
        self.query("""UPDATE jwks SET "expiresAt" = now() - interval '1 second'""")
        token = person.token()
        assert jwt.get_unverified_header(token)["kid"] != before
        time.sleep(MIN_INTERVAL_SECONDS)
        return token

    def query(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run a statement on the database that is shared."""
        return list(query(self._database("main"), statement, *values))

    def _address(self, set_up: str, secret: str, database: str) -> str:
        key = (set_up, secret, database)
        if key not in self._addresses:
            url = self._database(database)
            self._addresses[key] = self._better_auth.serve(set_up, url, secret=secret)
        return self._addresses[key]

    def _database(self, name: str) -> str:
        if name not in self._databases:
            made = new_database(self._server, template=self._template)
            self._databases[name] = self._stack.enter_context(made)
        return self._databases[name]

    def _service(self, **options: object) -> Service:
        database = self._database("main")
        running = running_service(self._folder, database, **options)  # type: ignore[arg-type]
        return self._stack.enter_context(running)
