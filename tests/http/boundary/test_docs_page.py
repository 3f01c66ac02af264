"""`/docs` in a browser: every button works, under the policy of the page, without a complaint."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
import pytest
import yaml

from tests.support.api import CONTRACT, new_user, token_of
from tests.support.paths import ROOT
from tests.support.raw import request, send
from tests.support.service import Service, environment
from tests.system.replicas.nginx import under_a_path

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
DRIVER = ROOT / "tests" / "support" / "browser"
TOUR_SECONDS = 600
"""Ten times what it takes; a busy machine is slow, and no failure."""

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}
IN_ORDER = [
    ("GET", "/api/tasks", 200),
    ("POST", "/api/tasks", 201),
    ("GET", "/api/tasks/{id}", 200),
    ("PUT", "/api/tasks/{id}", 200),
    ("PATCH", "/api/tasks/{id}/complete", 200),
    ("DELETE", "/api/tasks/{id}", 204),
    ("GET", "/livez", 200),
    ("GET", "/readyz", 200),
]


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/start.js", "/openapi.yaml"])
def test_the_page_has_a_strict_policy(service: Service, path: str) -> None:
    headers = send(service.url, request(f"GET {path}")).headers

    assert set(headers["content-security-policy"].split("; ")) == POLICY
    assert headers["referrer-policy"] == "no-referrer"


class Tour(NamedTuple):
    """What a person has done with the page, and what it did."""

    url: str
    token: str
    seen: dict[str, Any]


@pytest.fixture(scope="module", params=["at the root", "under a path"])
def tour(
    service: Service, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Tour]:
    """Use the page as a person does, at its own address and behind nginx."""
    assert BROWSER, "Chromium is not installed: on Debian, apt install chromium"
    token = token_of(new_user())
    if request.param == "at the root":
        yield Tour(service.url, token, use(service.url, token))
    else:
        with under_a_path(tmp_path_factory.mktemp("nginx"), service.url) as url:
            yield Tour(url, token, use(url, token))


def use(url: str, token: str) -> dict[str, Any]:
    installed = subprocess.run(
        [ROOT / "scripts" / "npm-ci.sh", DRIVER, sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    done = subprocess.run(
        [installed.stdout.strip(), DRIVER / "docs-page.mjs", url, token, BROWSER],
        capture_output=True,
        env=environment(),
        timeout=TOUR_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    seen: dict[str, Any] = orjson.loads(done.stdout)
    return seen


# The first of them waits for the tour.
pytestmark = pytest.mark.timeout(TOUR_SECONDS)


@pytest.mark.browser
def test_every_operation_can_be_tried_twice_in_order(tour: Tour) -> None:
    pressed = [tuple(each) for each in tour.seen["pressed"]]

    prefix = urlsplit(tour.url).path
    tasks = [pressed[n][1].rpartition("/")[2] for n in (2, 10)]
    assert pressed == [
        (method, prefix + path.replace("{id}", task), status)
        for task in tasks
        for method, path, status in IN_ORDER
    ]
    assert tasks[0] != tasks[1]


@pytest.mark.browser
def test_the_page_complains_of_nothing_and_asks_nobody_else(tour: Tour) -> None:
    assert tour.seen["console"] == []
    assert tour.seen["origins"] == [tour.url.removesuffix(urlsplit(tour.url).path)]


@pytest.mark.browser
def test_the_token_outlives_a_reload_and_ends_with_the_tab(tour: Tour) -> None:
    assert tour.seen["kept"] == tour.token
    assert tour.seen["storedForGood"] == []


@pytest.mark.browser
def test_every_code_has_an_anchor_and_the_changelog_is_there(tour: Tour) -> None:
    schemas = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))["components"]["schemas"]

    kinds = [schemas[kind]["x-extensible-enum"] for kind in ("ErrorCode", "ViolationCode")]
    anchors = {code.lower().replace("_", "-") for codes in kinds for code in codes}
    assert anchors | {"authentication", "changelog"} <= set(tour.seen["sections"])


@pytest.mark.browser
def test_there_are_samples_to_copy(tour: Tour) -> None:
    samples = tour.seen["samples"]

    assert samples["curl"].startswith(f"curl {tour.url}/api/tasks/")
    assert "--request PUT" in samples["curl"]
    assert "httpx.put(" in samples["Python"]
    assert 'await api.PUT("/api/tasks/{id}", {' in samples["TypeScript"]
    assert f'baseUrl: "{tour.url}"' in samples["TypeScript"]


@pytest.mark.browser
def test_on_a_phone_nothing_is_wider_than_the_screen(tour: Tour) -> None:
    width, screen = tour.seen["phone"]

    assert screen == 390
    assert width <= screen
