"""Which pages may call the service from a browser, and read what it answers."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support.api import token_of
from tests.support.jws import DAY, in_
from tests.support.service import FRONTEND, NO_TLS, Service

HEADERS = (
    "authorization,content-type,idempotency-key,if-match,if-none-match,"
    "traceparent,tracestate,x-request-id"
)
STRANGERS = [
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:8443",
    "https://app.example.com.evil.example",
    "https://evilapp.example.com",
    "https://app.example.com/",
    "HTTPS://APP.EXAMPLE.COM",
    "null",
    "*",
    "",
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
AUTHORIZED = {"Authorization": f"Bearer {token_of('cors', exp=in_(DAY))}"}
WITH_JSON = {**AUTHORIZED, "Content-Type": "application/json"}

Browser = Callable[..., httpx.Response]


def browser_for(client: httpx.Client) -> Browser:
    def send(method: str, path: str, origin: str, **options: Any) -> httpx.Response:
        headers = {"Origin": origin, **options.pop("headers", {})}
        return client.request(method, path, headers=headers, **options)

    return send


@pytest.fixture(scope="module")
def browser(service: Service) -> Iterator[Browser]:
    """Give a function that sends what a page of an origin asks for."""
    with httpx.Client(base_url=service.url, verify=NO_TLS) as client:
        yield browser_for(client)


@pytest.fixture(scope="module")
def browser_without_database(service_without_database: Service) -> Iterator[Browser]:
    """Give the same for a service with two frontends and no database."""
    with httpx.Client(base_url=service_without_database.url, verify=NO_TLS) as client:
        yield browser_for(client)


def preflight(method: str, headers: str = "authorization,content-type") -> dict[str, str]:
    return {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}


def items_of(response: httpx.Response, name: str) -> set[str]:
    return {item.strip().lower() for item in response.headers.get(name, "").split(",")}


def is_readable(response: httpx.Response, *, by: str) -> bool:
    """Tell whether a browser shows the answer to a page of this origin (with credentials)."""
    return response.headers.get_list("Access-Control-Allow-Origin") == [
        by
    ] and response.headers.get_list("Access-Control-Allow-Credentials") == ["true"]


@pytest.mark.requirement("FR-010")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("headers", ["authorization", "Authorization, Content-Type", HEADERS])
def test_the_frontend_may_use_every_method_with_a_token_and_json(
    browser: Browser, method: str, headers: str
) -> None:
    response = browser("OPTIONS", "/api/tasks/1", FRONTEND, headers=preflight(method, headers))

    assert response.is_success
    assert is_readable(response, by=FRONTEND)
    assert method.lower() in items_of(response, "Access-Control-Allow-Methods")
    assert items_of(response, "Access-Control-Allow-Headers") >= set(HEADERS.split(","))
    assert "origin" in items_of(response, "Vary")


@pytest.mark.requirement("NF-004")
@pytest.mark.parametrize("origin", STRANGERS)
def test_a_page_of_another_origin_may_send_nothing(browser: Browser, origin: str) -> None:
    response = browser("OPTIONS", "/api/tasks", origin, headers=preflight("POST"))

    assert "Access-Control-Allow-Origin" not in response.headers
    assert "origin" in items_of(response, "Vary")


@pytest.mark.requirement("FR-010", "NF-004")
@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("GET", "/api/tasks", {"headers": AUTHORIZED}, 200),
        ("GET", "/api/tasks", {"headers": {**AUTHORIZED, "If-None-Match": "*"}}, 304),
        ("GET", "/livez", {}, 200),
        ("GET", "/openapi.json", {}, 200),
        ("OPTIONS", "/api/tasks", {}, 204),
        ("GET", "/api/tasks", {}, 401),
        ("GET", "/api/tasks/9223372036854775807", {"headers": AUTHORIZED}, 404),
        ("GET", "/nothing", {}, 404),
        ("PATCH", "/api/tasks", {}, 405),
        ("POST", "/api/tasks", {"headers": WITH_JSON, "content": b" " * 1048577}, 413),
        ("POST", "/api/tasks", {"headers": AUTHORIZED, "data": {"title": "Buy milk"}}, 415),
        ("POST", "/api/tasks", {"headers": AUTHORIZED, "json": {}}, 422),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_answer_can_be_read_by_the_frontend_and_by_no_other_page(
    browser: Browser, method: str, path: str, options: dict[str, Any], status: int
) -> None:
    answers = [browser(method, path, origin, **options) for origin in (FRONTEND, *STRANGERS)]

    assert {answer.status_code for answer in answers} == {status}
    assert is_readable(answers[0], by=FRONTEND)
    assert all("Access-Control-Allow-Origin" not in answer.headers for answer in answers[1:])
    assert all("origin" in items_of(answer, "Vary") for answer in answers)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/livez"), ("GET", "/api/tasks"), ("PATCH", "/"), ("GET", "/docs")]
)
def test_an_answer_to_no_page_says_that_one_may_be_answered_otherwise(
    service: Service, method: str, path: str
) -> None:
    response = httpx.request(method, service.url + path, verify=NO_TLS)

    assert "origin" in items_of(response, "Vary")
    assert "Access-Control-Allow-Origin" not in response.headers


def test_the_frontend_may_read_the_headers_that_the_contract_declares(browser: Browser) -> None:
    response = browser("GET", "/livez", FRONTEND)

    exposed = items_of(response, "Access-Control-Expose-Headers")
    declared = {
        "allow",
        "content-location",
        "etag",
        "idempotency-replayed",
        "link",
        "location",
        "retry-after",
        "www-authenticate",
        "x-request-id",
    }
    assert exposed >= declared


PAGES = [
    "https://app.example.com",
    "http://localhost:3000",
    "tauri://localhost",
    "https://tasks-git-main-team.vercel.app",
]


@pytest.mark.parametrize("origin", PAGES)
def test_several_frontends_may_be_named_and_read_a_503_too(
    browser_without_database: Browser, origin: str
) -> None:
    response = browser_without_database("GET", "/api/tasks", origin, headers=AUTHORIZED)
    may = browser_without_database("OPTIONS", "/api/tasks", origin, headers=preflight("POST"))

    assert response.status_code == 503
    assert is_readable(response, by=origin)
    assert is_readable(may, by=origin)


OTHERS = [
    "tauri://localhost.evil",
    "http://tasks-team.vercel.app",
    "https://-team.vercel.app",
    "https://a.b-team.vercel.app",
    "https://evil.example/-team.vercel.app",
    "https://x-team.vercel.app.evil.example",
    "https://x-team.vercel.app:8443",
    "https://X-TEAM.VERCEL.APP",
    "https://x-team.vercel.app\n",
    "https://x-teamxvercel.app",
    "https://*-team.vercel.app",
]


@pytest.mark.parametrize("origin", OTHERS)
def test_a_pattern_names_no_other_page(browser_without_database: Browser, origin: str) -> None:
    response = browser_without_database("GET", "/livez", origin.replace("\n", "%0a"))

    assert "Access-Control-Allow-Origin" not in response.headers


def test_an_answer_without_an_origin_may_not_be_kept_for_one_with(service: Service) -> None:
    response = httpx.get(f"{service.url}/livez", verify=NO_TLS)

    assert "Access-Control-Allow-Origin" not in response.headers
    assert "origin" in items_of(response, "Vary")
