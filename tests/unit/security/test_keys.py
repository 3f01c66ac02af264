"""Whose keys a token may be signed with: the secret, the one before it, and Better Auth's own."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Self

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from boundary.errors import Unauthenticated
from tasks_api.security import key_set as module
from tasks_api.security.key_set import FETCH_SECONDS, MAX_DOCUMENT_BYTES, KeySet, read
from tasks_api.security.refusals import Refusal
from tasks_api.security.verifier import Identity, TokenVerifier
from tests.support.api import claims_of, token_of
from tests.support.service import SECRET

FORGED = Refusal.INVALID_SIGNATURE.message
NO_KEY_SET = Refusal.NO_KEY_SET.message
UNKNOWN_KEY = Refusal.UNKNOWN_KEY.message
ALICE = Identity("alice", None, None)
PREVIOUS = "the secret of thirty-two bytes before that"


# The key of RFC 8037, appendix A.2, and another.
PUBLIC = {
    "kty": "OKP",
    "crv": "Ed25519",
    "kid": "first",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
OTHER_X = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"


class KeyServer(ThreadingHTTPServer):
    """Serves a key set over HTTP, as Better Auth does at `/api/auth/jwks`."""

    def __init__(self) -> None:
        self.keys: dict[str, Ed25519PrivateKey] = {}
        self.others: list[Any] = []
        self.requests = 0
        self.headers: dict[str, str] = {}
        self.is_asked = Event()
        self.holds_back = Event()
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
        self.server.headers = dict(self.headers)
        document = self.server.document()
        self.server.is_asked.set()
        while self.server.holds_back.is_set():
            time.sleep(0.01)
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):  # It may be too long for who asks.
            self.wfile.write(document)

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


class Dripping(ThreadingHTTPServer):
    """Sends the head at once or not, then a byte every 50 ms until it is closed."""

    daemon_threads = True

    def __init__(self, head: bytes) -> None:
        self.is_closed = Event()
        self.asked = Event()

        class Answer(BaseHTTPRequestHandler):
            server: Dripping

            def do_GET(self) -> None:
                self.server.asked.set()
                self.wfile.write(head)
                with suppress(OSError):
                    while not self.server.is_closed.wait(0.05):
                        self.wfile.write(b"H")

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
        self.is_closed.set()
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


async def verdict_of(verifier: TokenVerifier, token: str) -> Identity | str:
    """Verify a token, as the service does."""
    await verifier.prepare(token)
    try:
        return verifier.verify(token)
    except Unauthenticated as refusal:
        return str(refusal)


def verdict(verifier: TokenVerifier, *tokens: str) -> list[Identity | str]:
    """Verify tokens in turn, as the service does."""

    async def verify_all() -> list[Identity | str]:
        verdicts = [await verdict_of(verifier, token) for token in tokens]
        await asyncio.sleep(0.05)  # What is fetched meanwhile comes to an end.
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
    assert better_auth.headers["Accept-Encoding"] == "identity"


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


def invented(number: int) -> list[str]:
    """Sign tokens with a key of one's own, each under another key id."""
    key, claims = Ed25519PrivateKey.generate(), claims_of("alice")
    return [jwt.encode(claims, key, "EdDSA", headers={"kid": f"key-{n}"}) for n in range(number)]


def test_invented_key_ids_are_no_flood(better_auth: KeyServer, verifier: TokenVerifier) -> None:
    async def verify_all() -> list[Identity | str]:
        return await asyncio.gather(*(verdict_of(verifier, token) for token in invented(50)))

    assert asyncio.run(verify_all()) == [UNKNOWN_KEY] * 50
    assert better_auth.requests == 1


def test_two_fetches_are_seconds_apart(
    better_auth: KeyServer, verifier: TokenVerifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MIN_INTERVAL_SECONDS", 0.5)
    started = time.monotonic()

    assert verdict(verifier, *invented(3)) == [UNKNOWN_KEY] * 3

    assert better_auth.requests == 3
    assert time.monotonic() - started >= 1.0


def test_a_new_key_takes_effect_at_once_although_others_have_invented_some(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    assert verdict(verifier, *invented(1)) == [UNKNOWN_KEY]

    better_auth.keys = {"second": Ed25519PrivateKey.generate()}

    assert verdict(verifier, better_auth.token("second")) == [ALICE]


@pytest.mark.usefixtures("always_out_of_date")
def test_a_key_that_appears_during_a_fetch_is_fetched_again(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    async def scenario() -> Identity | str:
        better_auth.holds_back.set()
        early = asyncio.create_task(verdict_of(verifier, invented(1)[0]))
        await asyncio.to_thread(better_auth.is_asked.wait, 30)
        better_auth.keys["second"] = Ed25519PrivateKey.generate()
        late = asyncio.create_task(verdict_of(verifier, better_auth.token("second")))
        await asyncio.sleep(0.1)
        requests.append(better_auth.requests)
        better_auth.holds_back.clear()
        await early
        return await late

    requests: list[int] = []

    assert asyncio.run(scenario()) == ALICE
    assert requests == [1]  # Two at once could end in the wrong order.


@pytest.mark.usefixtures("always_out_of_date")
def test_a_withdrawn_key_is_forgotten_although_others_invent_some(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    token = better_auth.token("first")
    assert verdict(verifier, token) == [ALICE]

    better_auth.keys = {}

    assert verdict(verifier, *invented(1), token) == [UNKNOWN_KEY, UNKNOWN_KEY]


def test_a_fetch_that_finds_the_same_document_keeps_what_has_been_verified(
    better_auth: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MIN_INTERVAL_SECONDS", 0)
    key_set = KeySet(better_auth.url)
    verifier = TokenVerifier(SECRET, key_set=key_set)
    verdict(verifier, better_auth.token("first"))
    known = key_set.keys

    verdict(verifier, *invented(1))

    assert better_auth.requests == 2
    assert key_set.keys is known


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"],
    ids=["status line", "header", "body"],
)
def test_one_deadline_is_for_the_whole_fetch(monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(module, "FETCH_SECONDS", 0.5)
    monkeypatch.setattr(module, "MIN_INTERVAL_SECONDS", 60)
    with Dripping(head) as dripping:
        verifier = TokenVerifier(SECRET, key_set=KeySet(dripping.url))
        started = time.monotonic()

        assert verdict(verifier, *invented(1)) == [UNKNOWN_KEY]

        assert dripping.asked.is_set()
        assert time.monotonic() - started < 10


def test_a_fetch_does_not_hold_a_stop() -> None:
    async def stop_while_fetching(verifier: TokenVerifier, asked: Event) -> None:
        asyncio.create_task(verifier.prepare(invented(1)[0]))  # noqa: RUF006 - it is to be cut off.
        await asyncio.to_thread(asked.wait, 30)

    with Dripping(b"") as dripping:
        verifier = TokenVerifier(SECRET, key_set=KeySet(dripping.url))
        asyncio.run(stop_while_fetching(verifier, dripping.asked))

        stopped = time.monotonic()

    assert time.monotonic() - stopped < FETCH_SECONDS


def test_a_document_that_is_too_large_is_no_key_set(
    better_auth: KeyServer, verifier: TokenVerifier
) -> None:
    better_auth.others = ["x" * MAX_DOCUMENT_BYTES]

    assert verdict(verifier, better_auth.token("first")) == [UNKNOWN_KEY]


def test_a_large_document_of_odd_keys_is_one_line_and_holds_nobody_up(
    better_auth: KeyServer, capsys: pytest.CaptureFixture[str]
) -> None:
    better_auth.others = [{**PUBLIC, "x": "?", "kid": str(n)} for n in range(3600)]
    document = better_auth.document()
    assert 200_000 < len(document) < MAX_DOCUMENT_BYTES

    gaps = [longest_gap(KeySet(better_auth.url)) for _ in range(5)]

    assert capsys.readouterr().out.count("3600") == 5
    assert min(gaps) < 0.02


def longest_gap(key_set: KeySet) -> float:
    """Return for how long the event loop worked on nothing else while the keys were fetched.

    In CPU time of its thread, which other programs on a busy machine do not add to.
    """

    async def fetch_and_measure() -> float:
        fetching = asyncio.create_task(key_set.prepare("first"))
        longest, last = 0.0, time.thread_time()
        while not fetching.done():
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, last = max(longest, now - last), now
        return longest

    return asyncio.run(fetch_and_measure())


@pytest.mark.parametrize(
    ("members", "used"),
    [
        ({}, 1),
        ({"use": "sig"}, 1),
        ({"use": "enc"}, 0),
        ({"use": None}, 0),
        ({"key_ops": ["verify"]}, 1),
        ({"key_ops": ["sign", "verify"], "use": "sig"}, 1),
        ({"key_ops": ["sign"]}, 0),
        ({"key_ops": ["encrypt"]}, 0),
        ({"key_ops": []}, 0),
        ({"key_ops": "verify"}, 0),
        ({"key_ops": ["verify"], "use": "enc"}, 0),
        ({"alg": "EdDSA"}, 1),
        ({"alg": "ECDH-ES"}, 0),
        ({"alg": "HS256"}, 0),
        ({"alg": None}, 0),
        ({"crv": "Ed448"}, 0),
        ({"crv": "X25519"}, 0),
        ({"kty": "EC"}, 0),
        ({"kid": 7}, 0),
    ],
    ids=repr,
)
def test_a_key_is_for_what_it_says(members: dict[str, object], used: int) -> None:
    contents = read(json.dumps({"keys": [{**PUBLIC, **members}]}).encode())

    assert (len(contents.keys), contents.skipped) == (used, 1 - used)


@pytest.mark.parametrize(
    "other", [PUBLIC, {**PUBLIC, "x": OTHER_X}, {**PUBLIC, "x": "?"}], ids=repr
)
def test_two_keys_with_one_id_are_refused(other: dict[str, str]) -> None:
    third = {**PUBLIC, "kid": "third"}

    contents = read(json.dumps({"keys": [PUBLIC, third, other]}).encode())

    assert list(contents.keys) == ["third"]
    assert contents.skipped == 2


def test_an_id_that_a_key_of_another_use_shares_is_no_second_one() -> None:
    contents = read(json.dumps({"keys": [PUBLIC, {**PUBLIC, "use": "enc"}]}).encode())

    assert list(contents.keys) == ["first"]


@pytest.mark.parametrize(
    "document",
    [b"", b"<html>", b"[]", b"{}", b'{"keys": {}}', b"\xff", b"[" * 100_000],
    ids=lambda document: repr(document[:8]),
)
def test_another_document_is_no_key_set(document: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its text is for nobody.
        read(document)


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
