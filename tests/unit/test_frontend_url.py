"""Which origins FRONTEND_URL may name, and how they are understood."""

import pytest

from tasks_api.settings import Settings, SettingsError, load

PROBLEM = (
    "FRONTEND_URL: must be origins such as https://app.example.com, tauri://localhost or "
    "https://*-team.vercel.app, separated by commas, without a path"
)


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("https://app.example.com", ("https://app.example.com",)),
        ("https://app.example.com/", ("https://app.example.com",)),
        ("HTTPS://App.Example.com", ("https://app.example.com",)),
        ("https://a.example:443,http://b.example:80", ("https://a.example", "http://b.example")),
        (
            " http://localhost:3000 , https://a.example,",
            ("http://localhost:3000", "https://a.example"),
        ),
        ("http://127.0.0.1:3000,http://[::1]:3000", ("http://127.0.0.1:3000", "http://[::1]:3000")),
        ("http://next_app:3000", ("http://next_app:3000",)),
        (
            "tauri://localhost,capacitor://localhost",
            ("tauri://localhost", "capacitor://localhost"),
        ),
        (f"chrome-extension://{'a' * 32}", (f"chrome-extension://{'a' * 32}",)),
        ("safari-web-extension://E0F4", ("safari-web-extension://E0F4",)),
        ("https://*-team.vercel.app", ("https://*-team.vercel.app",)),
        ("https://tasks-*-team.vercel.app", ("https://tasks-*-team.vercel.app",)),
        ("", ()),
    ],
)
def test_origins_are_spelt_as_browsers_spell_them(
    env: pytest.MonkeyPatch, given: str, origins: tuple[str, ...]
) -> None:
    env.setenv("FRONTEND_URL", given)

    assert load(Settings).frontend_url == origins


@pytest.mark.parametrize(
    "given",
    [
        "*",
        "https://*.example.com",
        "https://*",
        "https://*-team",
        "https://*-team.app",
        "https://*-*.vercel.app",
        "https://**.vercel.app",
        "https://team.*.vercel.app",
        "https://x.*-team.vercel.app",
        "https://*-team.vercel.app/",
        "http://*-team.vercel.app",
        "tauri://*",
        "tauri://",
        "tauri://localhost/",
        "https://*-team.vercel.app:8443",
        "ws://app.example.com",
        "htps://app.example.com",
        "javascript://x",
        "data://x",
        "file://localhost",
        "1a://localhost",
        "null",
        "app.example.com",
        "ftp://app.example.com",
        "https://app.example.com/app",
        "https://app.example.com//",
        "https://app.example.com?a=b",
        "https://app.example.com?",
        "https://app.example.com#a",
        "https://user@app.example.com",
        "https://app.example.com:port",
        "https://äpp.example.com",
        "https://app.example.com https://b.example.com",
        "https://",
        "https://a.example/,https://b.example/app,*",
    ],
)
def test_what_no_browser_would_send_as_its_origin_is_refused(
    env: pytest.MonkeyPatch, given: str
) -> None:
    env.setenv("FRONTEND_URL", given)

    with pytest.raises(SettingsError) as refusal:
        load(Settings)

    assert str(refusal.value) == PROBLEM
