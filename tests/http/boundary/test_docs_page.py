"""`/docs` in a browser: the page works under its own policy, and without a word of complaint."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.raw import request, send
from tests.support.service import Service

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/index.html", "/docs/start.js"])
def test_the_page_has_a_strict_policy(service: Service, path: str) -> None:
    headers = send(service.url, request(f"GET {path}")).headers

    assert set(headers["content-security-policy"].split("; ")) == POLICY
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.browser
def test_the_page_shows_every_operation_and_nothing_is_blocked(
    service: Service, tmp_path: Path
) -> None:
    assert BROWSER, "Chromium is not installed: on Debian, apt install chromium"
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr")
    profile = (f"--user-data-dir={tmp_path}", "--virtual-time-budget=8000", "--dump-dom")

    page = subprocess.run(
        [BROWSER, *options, *profile, f"{service.url}/docs"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert len(set(re.findall(r'id="(operations-[A-Za-z]+-[a-z_]+)"', page.stdout))) == 8
    assert "CONSOLE" not in page.stderr
