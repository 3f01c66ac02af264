"""The secret: long, not a placeholder, and never shown."""

import os
from random import Random
from string import ascii_letters, digits, hexdigits

import pytest

from tasks_api.settings import Settings, SettingsError, TokenSettings, load
from tests.support.service import SECRET

ADVICE = "make one with `openssl rand -base64 32` and give it to Better Auth as well"
SHORT = f"BETTER_AUTH_SECRET: must be at least 32 bytes long; {ADVICE}"
PLACEHOLDER = f"BETTER_AUTH_SECRET: must not be a placeholder that can be guessed; {ADVICE}"
GUESSABLE = (
    f"BETTER_AUTH_SECRET: must not be a repetition or a sequence that can be guessed; {ADVICE}"
)
WHITE_SPACE = (
    "BETTER_AUTH_SECRET: must not begin or end with white space, such as a line break; remove it "
    "here, and at Better Auth if it is there too"
)
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


@pytest.mark.parametrize(
    "secret",
    [
        SECRET,
        SECRET * 2,
        "öäüßéèñçåøæîûêôõ",
        "pK3v/Xq9+ZtR2mWcYb7LdNf0GhJs5TaEuVoQi8x1Bn4=",
        "0f47ac3e95d81b26e0c7495fa3128b6d",
        "60718293549071836254098173625418",
        "correct horse battery staple, and another seventeen",
    ],
)
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
    [
        *("a" * 32, "é" * 16, "ab" * 20, "password" * 4, "password" * 4 + "!", "hunter2-" * 5),
        *("password1password2password3password4", "Zm9v/YmFy+" * 4 + "==", SECRET[:16] * 2),
        *("01234567890123456789012345678901", "abcdefghijklmnopqrstuvwxyz012345"),
        *("zyxwvutsrqponmlkjihgfedcba987654", "aaaabbbbccccddddeeeeffffgggghhhh"),
        *("0123456789abcdef0123456789abcdef", "qwertyuiopasdfghjklzxcvbnmqwertyuiop"),
        "qwertyuiopasdfghjklzxcvbnm123456",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "QwErTyUiOpAsDfGhJkLzXcVbNmQwErTyUiOpAsDfGhJkLz",
    ],
)
def test_a_secret_that_repeats_itself_or_is_in_order_is_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    assert refusal_of(secret, monkeypatch) == GUESSABLE


def test_no_random_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Random(7)  # noqa: S311 - it keeps no secret.
    for alphabet in (digits, hexdigits[:16], ascii_letters + digits + "+/"):
        for _ in range(500):
            secret = "".join(source.choices(alphabet, k=32))
            monkeypatch.setenv("BETTER_AUTH_SECRET", secret)

            assert load(TokenSettings).better_auth_secret.get_secret_value() == secret


@pytest.mark.parametrize("mark", ['"', "'", "`"])
def test_quotation_marks_at_both_ends_are_refused(
    monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    for name in ("BETTER_AUTH_SECRET_PREVIOUS", "JWT_ISSUER", "JWT_AUDIENCE"):
        monkeypatch.setenv(name, f"{mark}{SECRET}{mark}")

    refusal = refusal_of(f"{mark}{SECRET}{mark}", monkeypatch)

    assert refusal.splitlines() == [
        f"{name}: must not be in quotation marks; write it without them"
        for name in (
            *("BETTER_AUTH_SECRET", "BETTER_AUTH_SECRET_PREVIOUS"),
            *("JWT_ISSUER", "JWT_AUDIENCE"),
        )
    ]


@pytest.mark.parametrize("secret", [f'"{SECRET}', f"{SECRET}'", f"\"{SECRET}'"])
def test_a_quotation_mark_may_be_a_part_of_a_secret(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("BETTER_AUTH_SECRET", secret)

    assert load(TokenSettings).better_auth_secret.get_secret_value() == secret


@pytest.mark.parametrize(
    "secret",
    [f"{SECRET[:9]}\n{SECRET[9:]}", f"{SECRET[:9]}\t{SECRET[9:]}", SECRET.encode() + b"\xff"],
    ids=["line break", "tab", "no text"],
)
def test_a_secret_that_cannot_be_typed_is_refused(
    monkeypatch: pytest.MonkeyPatch, secret: str | bytes
) -> None:
    assert refusal_of(secret, monkeypatch) == UNPRINTABLE


@pytest.mark.parametrize("secret", [f"{SECRET} ", f"{SECRET}\r", f"{SECRET}\n", f"\t{SECRET}"])
def test_white_space_around_a_secret_is_named_and_neither_kept_nor_removed(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    assert refusal_of(secret, monkeypatch) == WHITE_SPACE


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
