"""Better Auth's public keys (RFC 7517), fetched when a token names one that is not known yet."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

import jwt
import orjson
import structlog

from tasks_api.observability.events import Event
from tasks_api.observability.faults import Fault

ALGORITHM = "EdDSA"
FETCH_SECONDS = 3.0
MAX_DOCUMENT_BYTES = 256 * 1024

REST_SECONDS = 30.0
"""Between two fetches, so that tokens with invented key ids cannot make this service a flood."""

MAX_AGE_SECONDS = 600.0
"""After which a use of the keys has them fetched again, so that a withdrawn key is forgotten."""


class KeySet:
    """The Ed25519 keys of one JWKS document, by key id.

    The last good set stays in use while the document cannot be fetched. Fetching runs in a thread
    of its own, never in the event loop and never on a worker thread of the handlers.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None
        self._fault = Fault(Event.KEY_SET_UNAVAILABLE, Event.KEY_SET_RECOVERED)

    @property
    def keys(self) -> Mapping[str, jwt.PyJWK]:
        """The keys that are known by now: another object whenever they have been fetched."""
        return self._keys

    def get(self, key_id: object) -> jwt.PyJWK | None:
        """Return a key that is known by now. Waits for nothing."""
        return self._keys.get(key_id) if isinstance(key_id, str) else None

    async def prepare(self, key_id: object) -> None:
        """Get hold of the key with this id, if it can be had within `FETCH_SECONDS`."""
        if self.get(key_id) is None:
            self._fetch_unless_just_tried()
            if self._fetching is not None:
                await asyncio.wait([self._fetching], timeout=FETCH_SECONDS)
        elif time.monotonic() - self._fetched_at > MAX_AGE_SECONDS:
            self._fetch_unless_just_tried()

    def _fetch_unless_just_tried(self) -> None:
        now = time.monotonic()
        if self._fetching is None and now - self._tried_at >= REST_SECONDS:
            self._tried_at = now
            self._fetching = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        try:
            self._keys = await asyncio.to_thread(fetch, self._url)
            self._fetched_at = time.monotonic()
            self._fault.succeed()
        except (OSError, HTTPException, ValueError) as error:
            self._fault.fail(type(error).__name__)
        finally:
            self._fetching = None


def fetch(url: str) -> Mapping[str, jwt.PyJWK]:
    """Download the keys, each by its id.

    Raises OSError or HTTPException where there is no answer, or one that is an error, and
    ValueError where it is no key set.
    """
    return dict(_ed25519_keys(_download(url)))


def _download(url: str) -> Any:
    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310 - the settings
    with urlopen(request, timeout=FETCH_SECONDS) as response:  # noqa: S310 - allow http(s) only.
        text = response.read(MAX_DOCUMENT_BYTES + 1)
    if len(text) > MAX_DOCUMENT_BYTES:
        raise ValueError
    return orjson.loads(text)


def _ed25519_keys(document: Any) -> Iterator[tuple[str, jwt.PyJWK]]:
    """Pick the keys that can be meant; a key set may hold others, for other purposes."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError  # noqa: TRY004 - the document is wrong, not the type of an argument.
    for key in document["keys"]:
        try:
            if (key["kty"], key["crv"]) == ("OKP", "Ed25519") and isinstance(key["kid"], str):
                yield key["kid"], jwt.PyJWK(key, algorithm=ALGORITHM)
        except (KeyError, TypeError, ValueError, jwt.PyJWTError):
            structlog.get_logger().warning(Event.KEY_LEFT_OUT)
