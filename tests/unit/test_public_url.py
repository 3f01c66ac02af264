"""Which addresses PUBLIC_URL may name, and what begins with its path."""

import pytest

from tasks_api.settings import Settings, SettingsError, load

PROBLEM = "PUBLIC_URL: must be a URL such as https://api.example.com or https://example.com/todo"


@pytest.mark.parametrize(
    ("given", "url", "path"),
    [
        ("https://api.example.com", "https://api.example.com", ""),
        ("https://api.example.com/", "https://api.example.com", ""),
        ("HTTPS://Example.com:443/Todo", "https://example.com/Todo", "/Todo"),
        ("https://example.com/todo/v1/", "https://example.com/todo/v1", "/todo/v1"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", ""),
        ("http://[::1]:8000/todo", "http://[::1]:8000/todo", "/todo"),
        ("", None, ""),
    ],
)
def test_an_address_is_written_without_a_slash_at_its_end(
    env: pytest.MonkeyPatch, given: str, url: str | None, path: str
) -> None:
    env.setenv("PUBLIC_URL", given)

    settings = load(Settings)

    assert (settings.public_url, settings.public_path) == (url, path)


@pytest.mark.parametrize(
    "given",
    [
        "example.com",
        "/todo",
        "ftp://example.com",
        "https://",
        "https://user:pa55word@example.com",
        "https://*-team.vercel.app",
        "tauri://localhost",
        "https://example.com//todo",
        "https://example.com/../todo",
        "https://example.com/to do",
        "https://example.com/%2e%2e",
        "https://example.com/todo?x=1",
        "https://example.com/todo#x",
        f"https://example.com/{'a' * 200}",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(
    env: pytest.MonkeyPatch, given: str
) -> None:
    env.setenv("PUBLIC_URL", given)

    with pytest.raises(SettingsError) as refusal:
        load(Settings)

    assert str(refusal.value) == PROBLEM
