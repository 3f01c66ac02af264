"""`X-Forwarded-For` and `-Proto` are believed where they come from a proxy that is named."""

import asyncio
from typing import Any

import pytest

from tasks_api.server.run import configuration
from tasks_api.settings import Settings, load

PROXY, CLIENT = ("10.0.0.7", 4711), ("203.0.113.9", 0)
SENT = [(b"x-forwarded-for", b"198.51.100.1, 203.0.113.9"), (b"x-forwarded-proto", b"https")]


def seen(settings: Settings) -> tuple[tuple[str, int], str]:
    """Return the client and the scheme that the application sees."""
    found: list[tuple[tuple[str, int], str]] = []

    async def application(scope: Any, _receive: object, _send: object) -> None:
        found.append((scope["client"], scope["scheme"]))

    config = configuration(application, settings)
    config.load()
    scope: Any = {"type": "http", "client": PROXY, "scheme": "http", "headers": SENT}
    asyncio.run(config.loaded_app(scope, None, None))
    return found[0]


@pytest.mark.parametrize("trusted", ["", "10.0.0.8", "192.168.0.0/16, ::1"])
def test_nobody_else_is_believed(env: pytest.MonkeyPatch, trusted: str) -> None:
    env.setenv("FORWARDED_ALLOW_IPS", trusted)

    assert seen(load(Settings)) == (PROXY, "http")


@pytest.mark.parametrize("trusted", ["10.0.0.7", "10.0.0.0/8", "::1, 10.0.0.7"])
def test_a_proxy_that_is_named_is_believed_of_its_own_client(
    env: pytest.MonkeyPatch, trusted: str
) -> None:
    env.setenv("FORWARDED_ALLOW_IPS", trusted)

    assert seen(load(Settings)) == (CLIENT, "https")
