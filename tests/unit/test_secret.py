"""The secret: long, not a placeholder, and never shown."""

import os

import pytest

from tasks_api.settings import Settings, SettingsError, TokenSettings, load
from tests.support.service import SECRET

ADVICE = "make one with `openssl rand -base64 32` and give it to Better Auth as well"
SHORT = f"BETTER_AUTH_SECRET: must be at least 32 bytes long; {ADVICE}"
PLACEHOLDER = f"BETTER_AUTH_SECRET: must not be a placeholder that anybody can guess; {ADVICE}"
UNPRINTABLE = f"BETTER_AUTH_SECRET: must not contain a character that cannot be printed; {ADVICE}"

pytestmark = pytest.mark.usefixtures("folder")


def refusal_of(secret: str | bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BETTER_AUTH_SECRET", os.fsdecode(secret))
    with pytest.raises(SettingsError) as refusal:
        load(TokenSettings)
    return str(refusal.value)


@pytest.mark.parametrize("secret", ["x", "q" * 31, "é" * 15 + "q"])
def test_a_secret_of_less_than_32_bytes_is_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    assert refusal_of(secret, monkeypatch) == SHORT


@pytest.mark.parametrize("secret", ["q" * 32, "é" * 16, "Zm9v/YmFy+" * 4 + "=="])
def test_a_secret_of_32_bytes_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", secret)

    assert load(TokenSettings).better_auth_secret.get_secret_value() == secret


@pytest.mark.parametrize(
    "secret",
    [
        "changeme-changeme-changeme-changeme-changeme",
        "Change_This_To_A_Random_String_Of_32_Characters",
        "your-super-secret-key-at-least-32-characters",
        "<the secret that Better Auth signs tokens with>",
        "replace-me-with-the-secret-of-the-better-auth-server",
        "a placeholder of more than thirty-two bytes",
        "better-auth-secret-12345678901234567890",
        "changeme",
    ],
)
def test_a_placeholder_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    assert refusal_of(secret, monkeypatch) == PLACEHOLDER


@pytest.mark.parametrize(
    "secret",
    [f"{SECRET}\n", f"{SECRET}\t", SECRET.encode() + b"\xff"],
    ids=["line break", "tab", "no text"],
)
def test_a_secret_that_cannot_be_typed_is_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str | bytes
) -> None:
    assert refusal_of(secret, monkeypatch) == UNPRINTABLE


@pytest.mark.requirement("NF-003")
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    monkeypatch.setenv("DATABASE_URL", "postgresql://alice:pa55word@db.example.com/tasks")

    settings = load(Settings)

    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert SECRET not in shown
        assert "pa55word" not in shown


def test_secrets_are_not_shown_where_they_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", "sh0rt")
    monkeypatch.setenv("DATABASE_URL", "postgresql://alice:pa55word@db.example.com/tasks?a=b")

    with pytest.raises(SettingsError) as refusal:
        load(Settings)

    assert "sh0rt" not in str(refusal.value)
    assert "pa55word" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert refusal.value.__context__ is None
