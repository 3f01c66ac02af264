"""`tasks-api check`, as the tests ask it."""

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest

from tests.support.command import Command
from tests.support.service import AUDIENCE, SECRET

Findings = dict[str, dict[str, str]]
Check = Callable[..., Findings]
"""Takes arguments and settings; a good secret and an audience are set, unless given or None."""


@pytest.fixture
def check(command: Command) -> Check:
    """Give a function that checks a deployment, and gives what is found by the name of the check.

    Whatever is found, it holds what was promised, and nothing that is secret.
    """

    def check(*arguments: str, **settings: str | None) -> Findings:
        given = {"BETTER_AUTH_SECRET": SECRET, "JWT_AUDIENCE": AUDIENCE, **settings}
        existing = {name: value for name, value in given.items() if value is not None}
        result = command("check", "--json", *arguments, **existing)
        document = json.loads(result.stdout)
        is_fatal = any(found["severity"] == "fatal" for found in document["findings"])
        assert (result.exit_code, document["ok"]) == (is_fatal, not is_fatal)
        assert not [each for each in secrets_of(existing) if each in result.output]
        for found in document["findings"]:
            assert list(found) == ["check", "severity", "message", "why", "fix"]
            assert all(found.values())
        return {found["check"]: found for found in document["findings"]}

    return check


def secrets_of(settings: Mapping[str, str]) -> list[str]:
    """Give what must not be shown: the secrets, the URLs of databases, and their passwords."""
    entrusted = [
        value for name, value in settings.items() if "SECRET" in name or "DATABASE_URL" in name
    ]
    return entrusted + [password for url in entrusted if (password := urlsplit(url).password)]
