"""Whose keys a token may be signed with: the secret, the one before it, and Better Auth's own."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from boundary.errors import Unauthenticated
from tasks_api.security import key_set as module
from tasks_api.security.key_set import KeySet
from tasks_api.security.refusals import Refusal
from tasks_api.security.verifier import Identity, TokenVerifier
from tests.support.api import claims_of, token_of
from tests.support.service import SECRET

FORGED = Refusal.INVALID_SIGNATURE.message
NO_KEY_SET = Refusal.NO_KEY_SET.message
UNKNOWN_KEY = Refusal.UNKNOWN_KEY.message
ALICE = Identity("alice", None, None)
PREVIOUS = "the secret of thirty-two bytes before that"


class KeyServer(ThreadingHTTPServer):
    """Serves a key set over HTTP, as Better Auth does at `/api/auth/jwks`."""

    def __init__(self) -> None:
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.others: list[Any] = []
        self.requests = 0
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/auth/jwks"

    def document(self) -> bytes:
        keys = [
            {**OKPAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "alg": "EdDSA"}
            for key_id, key in self.keys.items()
        ]
        return json.dumps({"keys": [*self.others, *keys]}).encode()

    def token(self, key_id: str, **headers: object) -> str:
        header = {"kid": key_id, "typ": None, **headers}
        return jwt.encode(claims_of("alice"), self.keys[key_id], "EdDSA", headers=header)


class Answer(BaseHTTPRequestHandler):
    """The one answer."""

    server: KeyServer

    def do_GET(self) -> None:
        self.server.requests += 1
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.server.document())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Redirect(ThreadingHTTPServer):
    """Answers every request with a redirect, in a thread, for the time of a `with` block."""

    def __init__(self, target: str) -> None:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(302)
                self.send_header("Location", target)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}/jwks"

    def __enter__(self) -> Self:
        """Start to answer."""
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.shutdown()
        self.server_close()


@pytest.fixture
def better_auth() -> Iterator[KeyServer]:
    with KeyServer() as server:
        server.keys["first"] = Ed25519PrivateKey.generate()
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def verifier(better_auth: KeyServer) -> TokenVerifier:
    return TokenVerifier(SECRET, key_set=KeySet(better_auth.url))


@pytest.fixture
def always_out_of_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every use of a key fetch the key set again."""
    monkeypatch.setattr(module, "MIN_INTERVAL_SECONDS", 0)
    monkeypatch.setattr(module, "MAX_AGE_SECONDS", 0)


def eventually(condition: Callable[[], bool]) -> bool:
    """Try for a few seconds."""
    give_up = time.monotonic() + 30
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.05)
    return condition()


def verdict(verifier: TokenVerifier, *tokens: str) -> list[Identity | str]:
    """Verify tokens in turn, as the service does."""

    async def verify(token: str) -> Identity | str:
        await verifier.prepare(token)
        try:
            return verifier.verify(token)
        except Unauthenticated as refusal:
            return str(refusal)

    async def verify_all() -> list[Identity | str]:
        verdicts = [await verify(token) for token in tokens]
        await asyncio.sleep(0.02)  # What is fetched meanwhile comes to an end.
        return verdicts

    return asyncio.run(verify_all())


def test_a_token_of_the_secret_before_is_accepted() -> None:
    verifier = TokenVerifier(SECRET, previous_secret=PREVIOUS)

    tokens = [token_of("alice"), token_of("alice", secret=PREVIOUS)]

    assert verdict(verifier, *tokens) == [ALICE, ALICE]


def test_a_third_secret_is_a_forgery() -> None:
    verifier = TokenVerifier(SECRET, previous_secret=PREVIOUS)

    assert verdict(verifier, token_of("alice", secret="x" * 32)) == [FORGED]


def test_an_eddsa_token_is_refused_where_no_key_set_is_configured(better_auth: KeyServer) -> None:
    assert verdict(TokenVerifier(SECRET), better_auth.token("first")) == [NO_KEY_SET]


def test_better_auths_own_token_is_accepted(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    assert verdict(verifier, better_auth.token("first"), token_of("alice")) == [ALICE, ALICE]
    assert better_auth.requests == 1


def test_a_token_of_the_right_id_and_another_key_is_a_forgery(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    good = better_auth.token("first")
    another = Ed25519PrivateKey.generate()
    forged = jwt.encode(claims_of("alice"), another, "EdDSA", headers={"kid": "first"})

    assert verdict(verifier, good, forged) == [ALICE, FORGED]


def test_a_public_key_is_no_secret(better_auth: KeyServer, verifier: TokenVerifier) -> None:
    public = better_auth.keys["first"].public_key().public_bytes_raw()
    header = {"kid": "first"}
    confused = jwt.encode(claims_of("alice"), public, "HS256", headers=header)

    assert verdict(verifier, better_auth.token("first"), confused) == [ALICE, FORGED]


def test_a_key_in_the_header_of_a_token_is_ignored(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    own = Ed25519PrivateKey.generate()
    header = {"kid": "first", "jwk": OKPAlgorithm.to_jwk(own.public_key(), as_dict=True)}
    forged = jwt.encode(claims_of("alice"), own, "EdDSA", headers=header)

    assert verdict(verifier, better_auth.token("first"), forged) == [ALICE, FORGED]


def test_a_redirect_is_not_followed(better_auth: KeyServer) -> None:
    with Redirect(better_auth.url) as redirect:
        verifier = TokenVerifier(SECRET, key_set=KeySet(redirect.url))

        assert verdict(verifier, better_auth.token("first")) == [UNKNOWN_KEY]

    assert better_auth.requests == 0


def test_a_new_key_is_fetched_when_it_is_first_seen(
    better_auth: KeyServer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MIN_INTERVAL_SECONDS", 0)
    before = verdict(verifier, better_auth.token("first"))

    better_auth.keys["second"] = Ed25519PrivateKey.generate()

    assert [*before, *verdict(verifier, better_auth.token("second"))] == [ALICE, ALICE]
    assert better_auth.requests == 2


def test_invented_key_ids_are_no_flood(better_auth: KeyServer, verifier: TokenVerifier) -> None:
    key = Ed25519PrivateKey.generate()
    invented = [
        jwt.encode(claims_of("alice"), key, "EdDSA", headers={"kid": f"key-{n}"}) for n in range(50)
    ]

    assert verdict(verifier, *invented) == [UNKNOWN_KEY] * 50
    assert better_auth.requests == 1


@pytest.mark.usefixtures("always_out_of_date")
def test_the_last_good_set_is_kept_while_better_auth_is_down(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    token = better_auth.token("first")
    assert verdict(verifier, token) == [ALICE]

    better_auth.shutdown()
    better_auth.server_close()

    assert verdict(verifier, token, token, token) == [ALICE] * 3


@pytest.mark.usefixtures("always_out_of_date")
def test_a_withdrawn_key_is_forgotten(better_auth: KeyServer, verifier: TokenVerifier) -> None:
    token = better_auth.token("first")
    assert verdict(verifier, token) == [ALICE]

    better_auth.keys["first"] = Ed25519PrivateKey.generate()

    assert verdict(verifier, token) == [ALICE]  # It is fetched meanwhile: nobody waits for it.
    assert eventually(lambda: verdict(verifier, token) == [FORGED])


@pytest.mark.parametrize(
    "other",
    [None, 7, {}, {"kty": "OKP"}, {"kty": "OKP", "crv": "Ed25519", "kid": "bad", "x": "?"}],
    ids=repr,
)
def test_an_unreadable_key_does_not_spoil_the_others(
    better_auth: KeyServer, verifier: TokenVerifier, other: object
) -> None:
    better_auth.others = [other]

    assert verdict(verifier, better_auth.token("first")) == [ALICE]


def test_a_key_set_that_never_was_there_refuses_and_breaks_nothing() -> None:
    key = Ed25519PrivateKey.generate()
    token = jwt.encode(claims_of("alice"), key, "EdDSA", headers={"kid": "first"})
    verifier = TokenVerifier(SECRET, key_set=KeySet("http://127.0.0.1:9/api/auth/jwks"))

    assert verdict(verifier, token, token_of("alice")) == [UNKNOWN_KEY, ALICE]
