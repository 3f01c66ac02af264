"""What the service says of itself: the contract in two formats, and the interactive page."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import schemathesis
import yaml

from tests.support.api import CONTRACT, error_of
from tests.support.service import NO_TLS, Service

FORMATS = {"/openapi.yaml": "application/yaml", "/openapi.json": "application/json"}
PAGES = [*FORMATS, "/docs"]
ASSETS = {
    "/docs/swagger-ui.css": "text/css; charset=utf-8",
    "/docs/favicon.png": "image/png",
    "/docs/swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "/docs/start.js": "text/javascript; charset=utf-8",
}


@pytest.fixture(scope="module")
def reader(service: Service) -> Iterator[httpx.Client]:
    """Give somebody who has no token and only reads."""
    with httpx.Client(base_url=service.url, verify=NO_TLS) as client:
        yield client


def without_extensions(node: Any) -> Any:
    if isinstance(node, list):
        return [without_extensions(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if not str(key).startswith("x-")}
    return {key: without_extensions(value) for key, value in kept.items()}


@pytest.mark.parametrize("path", FORMATS)
def test_the_contract_is_published_whole_but_for_its_extensions(
    reader: httpx.Client, path: str
) -> None:
    response = reader.get(path)

    published = yaml.safe_load(response.text)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == FORMATS[path]
    assert published == without_extensions(yaml.safe_load(CONTRACT.read_text(encoding="utf-8")))
    assert "bearerAuth" in published["components"]["securitySchemes"]


@pytest.mark.parametrize("path", FORMATS)
def test_nothing_of_the_inside_is_published(reader: httpx.Client, path: str) -> None:
    text = reader.get(path).text

    assert re.findall(r"\bx-[a-z]+|tasks_api\b|handlers\.|boundary\.|persistence\.", text) == []


def test_the_two_formats_are_the_same_document(reader: httpx.Client) -> None:
    as_yaml, as_json = reader.get("/openapi.yaml").text, reader.get("/openapi.json").json()

    assert yaml.safe_load(as_yaml) == as_json


def test_what_is_published_is_openapi(reader: httpx.Client) -> None:
    document = reader.get("/openapi.json").json()

    assert document["openapi"] == "3.0.3"
    schemathesis.openapi.from_dict(document).validate()


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/docs/index.html"])
def test_the_page_refers_to_this_service_alone_and_everything_is_there(
    reader: httpx.Client, path: str
) -> None:
    page = reader.get(path)
    references = re.findall(r"""(?:href|src)=["']([^"']+)["']""", page.text)
    targets = [urljoin(f"{reader.base_url}{path}", reference) for reference in references]
    answers = {urlsplit(target).path: reader.get(target) for target in targets}

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert {urlsplit(target).netloc for target in targets} == {reader.base_url.netloc.decode()}
    assert {path: answer.headers["Content-Type"] for path, answer in answers.items()} == ASSETS
    assert all(answer.status_code == 200 and answer.content for answer in answers.values())


def test_the_page_shows_this_contract_and_sends_it_to_no_validator(reader: httpx.Client) -> None:
    start = reader.get("/docs/start.js").text

    assert re.findall(r"url: '([^']*)'", start) == ["/openapi.json"]
    assert "validatorUrl: null" in start
    assert "//" not in start


def test_the_style_sheet_loads_nothing(reader: httpx.Client) -> None:
    style = reader.get("/docs/swagger-ui.css").text

    assert "@import" not in style
    assert re.findall(r"url\((?![\"']?data:)[^)]*\)", style) == []


@pytest.mark.parametrize("path", [*PAGES, *ASSETS, "/docs/"])
def test_head_answers_like_get_without_the_body(reader: httpx.Client, path: str) -> None:
    get, head = reader.get(path), reader.head(path)

    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Type", "Content-Length"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_it_can_only_be_read(reader: httpx.Client, path: str, method: str) -> None:
    response = reader.request(method, path)

    assert error_of(response) == (405, "METHOD_NOT_ALLOWED", "Method not allowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", PAGES)
def test_options_says_what_can_be_done(reader: httpx.Client, path: str) -> None:
    response = reader.options(path)

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path",
    [
        "/docs/nothing.js",
        "/docs/../tasks.yaml",
        "/docs/%2e%2e/tasks.yaml",
        "/docs/..%2ftasks.yaml",
        "/docs//start.js",
        "/docs/start.js%00",
        "/Docs",
        "/openapi",
        "/openapi.json/x",
        "/swagger.json",
        "/ui",
        "/",
    ],
)
def test_nothing_else_is_published(reader: httpx.Client, path: str) -> None:
    response = reader.send(raw(reader, path))

    assert error_of(response) == (404, "NOT_FOUND", "No resource has this path")


def raw(reader: httpx.Client, path: str) -> httpx.Request:
    """Write a request whose path is sent as it stands; httpx would tidy it up."""
    request = reader.build_request("GET", "/")
    request.extensions["target"] = path.encode()
    return request
