"""Better Auth's public keys (RFC 7517), fetched when a token names a key that is not known."""

import asyncio
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import jwt
import orjson
import structlog

from tasks_api.observability.events import Event
from tasks_api.observability.faults import Fault

ALGORITHM = "EdDSA"
FETCH_SECONDS = 3.0
MAX_DOCUMENT_BYTES = 256 * 1024

MIN_INTERVAL_SECONDS = 30.0
"""Between two fetches, so that tokens with invented key ids do not cause a flood of them."""

MAX_AGE_SECONDS = 600.0
"""After which a use of the keys causes a fetch, so that a withdrawn key is forgotten."""


class KeySet:
    """The Ed25519 keys of one JWKS document, by key id.

    The last valid set stays in use while the document cannot be fetched. It is fetched in a thread
    of its own, neither in the event loop nor in a worker thread of the handlers.
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
        """The known keys: another object after each successful fetch."""
        return self._keys

    def get(self, key_id: object) -> jwt.PyJWK | None:
        """Return a known key. Waits for nothing."""
        return self._keys.get(key_id) if isinstance(key_id, str) else None

    async def prepare(self, key_id: object) -> None:
        """Fetch the key with this id if it is not known, for at most `FETCH_SECONDS`."""
        if self.get(key_id) is None:
            self._fetch_unless_recent()
            if self._fetching is not None:
                await asyncio.wait([self._fetching], timeout=FETCH_SECONDS)
        elif time.monotonic() - self._fetched_at > MAX_AGE_SECONDS:
            self._fetch_unless_recent()

    def _fetch_unless_recent(self) -> None:
        now = time.monotonic()
        if self._fetching is None and now - self._tried_at >= MIN_INTERVAL_SECONDS:
            self._tried_at = now
            self._fetching = asyncio.create_task(self._fetch())

    async def _fetch(self) -> None:
        try:
            self._keys = await asyncio.to_thread(fetch, self._url, _log_skipped)
            self._fetched_at = time.monotonic()
            self._fault.succeed()
        except (OSError, HTTPException, ValueError) as error:
            self._fault.fail(_reason(error))
        finally:
            self._fetching = None


def _log_skipped(count: int) -> None:
    structlog.get_logger().warning(Event.KEY_SKIPPED, count=count)


def fetch(
    url: str, on_skipped: Callable[[int], None] = lambda _count: None
) -> Mapping[str, jwt.PyJWK]:
    """Download the keys, each by its id. Redirects are not followed.

    `on_skipped` is called with the number of keys that cannot be used, if there are any.

    Raises OSError or HTTPException if there is no answer, or one with another status than 200 (then
    it is an HTTPError), and ValueError if the answer is not a key set.
    """
    keys, skipped = _ed25519_keys(_download(url))
    if skipped:
        on_skipped(skipped)
    return keys


def _download(url: str) -> Any:
    # The settings accept http and https only.
    request = Request(url, headers={"Accept": "application/json"})  # noqa: S310
    with _OPENER.open(request, timeout=FETCH_SECONDS) as response:
        text = response.read(MAX_DOCUMENT_BYTES + 1)
    if len(text) > MAX_DOCUMENT_BYTES:
        raise ValueError
    return orjson.loads(text)


def _ed25519_keys(document: Any) -> tuple[dict[str, jwt.PyJWK], int]:
    """Select the keys that can verify tokens, and count those that cannot be used."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError  # noqa: TRY004 - the document is wrong, not the type of an argument.
    keys: dict[str, jwt.PyJWK] = {}
    skipped = 0
    for key in document["keys"]:
        try:
            if (key["kty"], key["crv"]) == ("OKP", "Ed25519") and isinstance(key["kid"], str):
                keys[key["kid"]] = jwt.PyJWK(key, algorithm=ALGORITHM)
        except (KeyError, TypeError, ValueError, jwt.PyJWTError):
            skipped += 1
    return keys, skipped


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    return f"{kind}: status {error.code}" if isinstance(error, HTTPError) else kind


class _NoRedirects(HTTPRedirectHandler):
    """Leads nowhere but to the configured URL; a redirect is an HTTPError."""

    def redirect_request(self, *_: object) -> None:
        """Follow no redirect."""


_OPENER = build_opener(_NoRedirects)
