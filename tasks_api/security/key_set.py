"""Better Auth's public keys (RFC 7517), fetched when a token names a key that is not known."""

import asyncio
import ssl
import time
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import httpx
import jwt
import orjson
import structlog

from tasks_api.observability.events import Event
from tasks_api.observability.faults import Fault

ALGORITHM = "EdDSA"

FETCH_SECONDS = 3.0
"""For a whole fetch, from the host name to the last byte."""

MAX_DOCUMENT_BYTES = 256 * 1024

MIN_INTERVAL_SECONDS = 2.0
"""Between two fetches, so that tokens with invented key ids do not cause a flood of them."""

MAX_AGE_SECONDS = 600.0
"""After which a use of the keys causes a fetch, so that a withdrawn key is forgotten."""

FETCH_ERRORS = (httpx.HTTPError, httpx.InvalidURL, OSError)
"""What `fetch` raises if there is no answer, or one with another status than success."""

Keys = Mapping[str, jwt.PyJWK]


class KeySet:
    """The Ed25519 keys of one JWKS document, by key id.

    The last valid set stays in use while the document cannot be fetched.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        _trusted()
        self._document = b""
        self._keys: Keys = {}
        self._fetched_at = self._begun_at = float("-inf")
        self._current: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._fault = Fault(Event.KEY_SET_UNAVAILABLE, Event.KEY_SET_RECOVERED)

    @property
    def keys(self) -> Keys:
        """The known keys: another object if the document has changed."""
        return self._keys

    def get(self, key_id: object) -> jwt.PyJWK | None:
        """Return a known key. Waits for nothing."""
        return self._keys.get(key_id) if isinstance(key_id, str) else None

    async def prepare(self, key_id: object) -> None:
        """Wait for a fetch that begins after this call, if the key with this id is not known.

        So a new key takes effect at once, whatever other tokens have caused fetches for.
        """
        if self.get(key_id) is None:
            seconds = MIN_INTERVAL_SECONDS + FETCH_SECONDS
            await asyncio.wait([self._next_fetch()], timeout=seconds)
        elif time.monotonic() - self._fetched_at > MAX_AGE_SECONDS:
            self._next_fetch()

    def _next_fetch(self) -> asyncio.Task[None]:
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._fetch(after=self._current))
        return self._next

    async def _fetch(self, after: asyncio.Task[None] | None) -> None:
        if after is not None and not after.done():
            await asyncio.wait([after])
        await asyncio.sleep(self._begun_at + MIN_INTERVAL_SECONDS - time.monotonic())
        self._current, self._next = asyncio.current_task(), None
        self._begun_at = time.monotonic()
        try:
            await self._replace(await fetch(self._url))
        except (*FETCH_ERRORS, ValueError) as error:
            self._fault.fail(_reason(error))
        else:
            self._fetched_at = time.monotonic()
            self._fault.succeed()

    async def _replace(self, document: bytes) -> None:
        if document == self._document:
            return  # What the keys have verified stays verified.
        # In a thread: 256 KiB may be 80,000 keys that cannot be used.
        contents = await asyncio.to_thread(read, document)
        self._document, self._keys = document, contents.keys
        if contents.skipped:
            structlog.get_logger().warning(Event.KEY_SKIPPED, count=contents.skipped)


class Contents(NamedTuple):
    """What a JWKS document contains."""

    keys: Keys
    skipped: int
    """The number of the others: they cannot be used, or share their id with another."""


async def fetch(url: str) -> bytes:
    """Download the document within `FETCH_SECONDS`, and follow no redirect.

    Raises one of `FETCH_ERRORS`, and ValueError for more than `MAX_DOCUMENT_BYTES`.
    """
    # Compressed, the limit would say nothing of the size in memory.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    document = b""
    # The time-outs of httpx are for each packet, and start again with each byte.
    async with (
        asyncio.timeout(FETCH_SECONDS),
        httpx.AsyncClient(verify=_trusted(), timeout=None, follow_redirects=False) as client,  # noqa: S113
        client.stream("GET", url, headers=headers) as response,
    ):
        response.raise_for_status()
        async for piece in response.aiter_raw():
            document += piece
            if len(document) > MAX_DOCUMENT_BYTES:
                raise ValueError
    return document


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates of this machine. They take 20 ms to read."""
    return ssl.create_default_context()


def read(text: bytes) -> Contents:
    """Select the keys that can verify tokens.

    Raises ValueError if the document is not a key set.
    """
    document = orjson.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError  # noqa: TRY004 - the document is wrong, not the type of an argument.
    entries = document["keys"]
    candidates = [key for key in entries if _is_for_signatures(key)]
    ids = Counter(key["kid"] for key in candidates)
    keys = {key["kid"]: made for key in candidates if ids[key["kid"]] == 1 and (made := _made(key))}
    return Contents(keys, skipped=len(entries) - len(keys))


def _is_for_signatures(key: Any) -> bool:
    """Return whether this is an Ed25519 key, and meant for this use (RFC 7517, 4.2 to 4.4)."""
    if not isinstance(key, dict) or not isinstance(key.get("kid"), str):
        return False
    operations = key.get("key_ops", ["verify"])
    return (
        (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519")
        and key.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
        and key.get("alg", ALGORITHM) == ALGORITHM
    )


def _made(key: dict[str, Any]) -> jwt.PyJWK | None:
    try:
        return jwt.PyJWK(key, algorithm=ALGORITHM)
    except (KeyError, TypeError, ValueError, jwt.PyJWTError):
        return None


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    if isinstance(error, httpx.HTTPStatusError):
        return f"{kind}: status {error.response.status_code}"
    return kind
