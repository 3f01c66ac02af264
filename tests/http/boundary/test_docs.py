"""What the service says of itself: the contract in its editions, the page, and the way to both."""

import gzip
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
import yaml
from openapi_schema_validator import OAS30Validator, OAS31Validator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from tests.support.api import CONTRACT, error_of
from tests.support.raw import request, send
from tests.support.service import NO_TLS, NOWHERE, Service, running_service

FORMATS = {
    "/openapi.yaml": "application/yaml",
    "/openapi-3.1.yaml": "application/yaml",
    "/openapi.json": "application/json",
    "/openapi-3.1.json": "application/json",
}
CATALOG = "/.well-known/api-catalog"
PAGES = [*FORMATS, "/docs", CATALOG]
ASSETS = {
    "/docs/favicon.svg": "image/svg+xml",
    "/docs/scalar.js": "text/javascript; charset=utf-8",
    "/docs/start.js": "text/javascript; charset=utf-8",
}
TEXTS = {
    "/docs/changelog.md": "text/markdown; charset=utf-8",
    "/docs/LICENSE.scalar.txt": "text/plain; charset=utf-8",
}
ALL = [*PAGES, *ASSETS, *TEXTS]
PUBLIC_URL = "https://example.com/todo"
FUNCTION = "      x-bearerInfoFunc: tasks_api.security.bearer.check_token\n"
SERVER = (
    "  - url: http://127.0.0.1:8000\n    description: A local service, as `make run` starts it.\n"
)
PUBLISHED = "  - url: .\n    description: The service that publishes this document.\n"


@pytest.fixture(scope="module")
def reader(service: Service) -> Iterator[httpx.Client]:
    """Give somebody who has no token and only reads."""
    with httpx.Client(base_url=service.url, verify=NO_TLS) as client:
        yield client


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a reader of a service that knows its address."""
    folder = tmp_path_factory.mktemp("public")
    with (
        running_service(folder, NOWHERE, PUBLIC_URL=PUBLIC_URL) as service,
        httpx.Client(base_url=service.url, verify=NO_TLS) as client,
    ):
        yield client


def test_the_contract_is_published_as_it_was_written(reader: httpx.Client) -> None:
    written = CONTRACT.read_text(encoding="utf-8")

    published = reader.get("/openapi.yaml").text

    assert written.count(FUNCTION) == written.count(SERVER) == 1
    assert published == written.replace(FUNCTION, "").replace(SERVER, PUBLISHED)
    assert "\n# " in published


@pytest.mark.parametrize("path", FORMATS)
def test_the_published_contract_names_the_address_of_the_service(
    public: httpx.Client, path: str
) -> None:
    document = yaml.safe_load(public.get(path).text)

    assert [server["url"] for server in document["servers"]] == [PUBLIC_URL]


@pytest.mark.parametrize("path", FORMATS)
def test_nothing_of_the_inside_is_published(reader: httpx.Client, path: str) -> None:
    response = reader.get(path)

    inside = r"bearerInfoFunc|tasks_api\b|handlers\.|boundary\.|persistence\."
    assert response.headers["Content-Type"] == FORMATS[path]
    assert re.findall(inside, response.text) == []


@pytest.mark.parametrize("edition", ["/openapi", "/openapi-3.1"])
def test_the_two_formats_are_the_same_document(reader: httpx.Client, edition: str) -> None:
    as_yaml, as_json = reader.get(f"{edition}.yaml").text, reader.get(f"{edition}.json").json()

    assert yaml.safe_load(as_yaml) == as_json


@pytest.mark.parametrize(
    ("path", "version", "validator"),
    [
        ("/openapi.json", "3.0.3", OpenAPIV30SpecValidator),
        ("/openapi-3.1.json", "3.1.0", OpenAPIV31SpecValidator),
    ],
)
def test_what_is_published_is_openapi(
    reader: httpx.Client, path: str, version: str, validator: Any
) -> None:
    document = reader.get(path).json()

    assert document["openapi"] == version
    assert [str(error) for error in validator(document).iter_errors()] == []


def test_the_newer_edition_differs_in_the_words_of_schemas_only(reader: httpx.Client) -> None:
    older, newer = reader.get("/openapi.json").json(), reader.get("/openapi-3.1.json").json()

    schemas = newer["components"].pop("schemas")
    translated = {
        name: in_3_1(schema) for name, schema in older["components"].pop("schemas").items()
    }
    assert schemas == translated
    assert newer == {**older, "openapi": "3.1.0"}


def in_3_1(schema: dict[str, Any]) -> dict[str, Any]:
    """Translate a schema as a document, where the service translates its text."""
    new = {key: value for key, value in schema.items() if key not in {"example", "nullable"}}
    if "example" in schema:
        new["examples"] = [schema["example"]]
    if schema.get("nullable"):
        new["type"] = [schema["type"], "null"]
    if "properties" in schema:
        new["properties"] = {name: in_3_1(each) for name, each in schema["properties"].items()}
    return new | ({"items": in_3_1(schema["items"])} if "items" in schema else {})


def examples(document: dict[str, Any]) -> Iterator[Any]:
    """Find every example of a body, and of a schema."""
    components = document["components"]
    for each in components["responses"].values():
        for media in each.get("content", {}).values():
            yield from [media[key] for key in ("example",) if key in media]
    yield from [each["value"] for each in components["examples"].values()]
    yield from [each["example"] for each in components["schemas"].values() if "example" in each]


def test_both_editions_accept_and_refuse_the_same(reader: httpx.Client) -> None:
    older, newer = reader.get("/openapi.json").json(), reader.get("/openapi-3.1.json").json()
    values = [*examples(older), None, {}, {"title": None}, {"title": "x", "description": None}]

    def verdicts(document: dict[str, Any], validator: Any) -> dict[str, list[bool]]:
        root = {"components": {"schemas": document["components"]["schemas"]}}
        return {
            name: [
                validator({**root, "allOf": [{"$ref": f"#/components/schemas/{name}"}]}).is_valid(
                    value
                )
                for value in values
            ]
            for name in root["components"]["schemas"]
        }

    found = verdicts(older, OAS30Validator)
    assert found == verdicts(newer, OAS31Validator)
    assert {True, False} == {each for verdict in found.values() for each in verdict}


@pytest.mark.parametrize("path", ["/", "/docs", *FORMATS])
def test_every_page_leads_to_the_contract_and_to_the_page(reader: httpx.Client, path: str) -> None:
    response = reader.get(path)

    links = {name: urlsplit(str(link["url"])) for name, link in links_of(response).items()}
    assert {name: link.path for name, link in links.items()} == {
        "service-desc": "/openapi.yaml",
        "service-doc": "/docs",
        "api-catalog": CATALOG,
    }


def links_of(response: httpx.Response) -> dict[str, dict[str, str]]:
    """Return the links of an answer by their relation, with whole addresses."""
    return {
        name: {**link, "url": urljoin(str(response.url), str(link["url"]))}
        for name, link in response.links.items()
        if name
    }


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/", "docs"),
        ("/docs/", "../docs"),
        ("/docs/start.js/", "../start.js"),
        ("/openapi.yaml/", "../openapi.yaml"),
        (f"{CATALOG}/", "../api-catalog"),
    ],
)
def test_the_root_and_a_trailing_slash_lead_to_the_page_wherever_it_is(
    reader: httpx.Client, method: str, path: str, location: str
) -> None:
    response = reader.request(method, path)

    assert (response.status_code, response.content) == (307, b"")
    assert response.headers["Location"] == location
    targets = [link["url"] for link in links_of(response).values()]
    assert [reader.get(target).status_code for target in targets] == [200] * 3


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_catalog_names_what_there_is(
    public: httpx.Client, reader: httpx.Client, method: str
) -> None:
    catalog, unaddressed = public.request(method, CATALOG), reader.request(method, CATALOG)

    assert catalog.headers["Content-Type"] == (
        'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
    )
    assert links_of(catalog)["api-catalog"]["url"] == f"{PUBLIC_URL}{CATALOG}"
    if method == "GET":
        (api,) = catalog.json()["linkset"]
        assert api["anchor"] == f"{PUBLIC_URL}/"
        assert [each["href"] for each in api["service-desc"]] == [
            PUBLIC_URL + path for path in ("/openapi.yaml", "/openapi.json", *list(FORMATS)[1::2])
        ]
        assert [each["href"] for each in api["service-doc"]] == [f"{PUBLIC_URL}/docs"]
        assert [each["href"] for each in api["status"]] == [f"{PUBLIC_URL}/livez"]
        (relative,) = unaddressed.json()["linkset"]
        targets = [
            each["href"]
            for name in ("service-desc", "service-doc", "status")
            for each in relative[name]
        ]
        found = [
            reader.get(urljoin(str(unaddressed.url), target)).status_code for target in targets
        ]
        assert found == [200] * 6


@pytest.mark.parametrize("path", ALL)
def test_a_page_is_compressed_if_that_is_accepted(service: Service, path: str) -> None:
    plain = send(service.url, request(f"GET {path}"))

    answer = send(service.url, request(f"GET {path}", "Accept-Encoding: gzip"))

    assert answer.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(answer.body) == plain.body
    assert int(answer.headers["content-length"]) == len(answer.body)
    assert answer.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize(
    ("coding", "accepted"),
    [
        ("gzip", "gzip, deflate, br, zstd"),
        ("gzip", "br;q=1.0, gzip;q=0.001"),
        ("gzip", "*"),
        ("gzip", "GZIP"),
        (None, "identity"),
        (None, ""),
        (None, "gzip;q=0, *"),
        (None, "gzip; q=0.000"),
        (None, "br"),
    ],
)
def test_what_is_accepted_is_read_as_http_has_it(
    service: Service, coding: str | None, accepted: str
) -> None:
    answer = send(service.url, request("GET /docs", f"Accept-Encoding: {accepted}"))

    assert answer.headers.get("content-encoding") == coding


@pytest.mark.parametrize("path", ALL)
def test_a_page_is_not_sent_again_while_it_is_the_same(reader: httpx.Client, path: str) -> None:
    response = reader.get(path)
    tag = response.headers["ETag"]

    for known in (tag, f'"x", W/{tag}', "*"):
        again = reader.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary"):
            assert again.headers[name] == response.headers[name]
    for other in ('"x"', tag.strip('"'), ""):
        assert reader.get(path, headers={"If-None-Match": other}).status_code == 200
    uncompressed = {"If-None-Match": tag, "Accept-Encoding": "identity"}
    assert reader.get(path, headers=uncompressed).status_code == 200
    assert re.fullmatch(r'"[0-9a-f]{32}-gzip"', tag)
    assert response.headers["Cache-Control"] == "no-cache"
    assert "accept-encoding" in response.headers["Vary"].lower()


def test_the_page_refers_to_this_service_alone_and_everything_is_there(
    reader: httpx.Client,
) -> None:
    page = reader.get("/docs")
    references = re.findall(r"""(?:href|src)=["']([^"']+)["']""", page.text)
    targets = [urljoin(f"{reader.base_url}/docs", reference) for reference in references]
    answers = {urlsplit(target).path: reader.get(target) for target in targets}

    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert {urlsplit(target).netloc for target in targets} == {reader.base_url.netloc.decode()}
    assert not any(reference.startswith("/") for reference in references)
    assert (
        ASSETS.items()
        <= {path: answer.headers["Content-Type"] for path, answer in answers.items()}.items()
    )
    assert all(answer.status_code == 200 and answer.content for answer in answers.values())


@pytest.mark.parametrize("path", TEXTS)
def test_the_texts_beside_the_page_are_published(reader: httpx.Client, path: str) -> None:
    response = reader.get(path)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == TEXTS[path]


def test_the_licence_names_the_version_of_what_is_bundled(reader: httpx.Client) -> None:
    licence, bundle = (
        reader.get("/docs/LICENSE.scalar.txt").text,
        reader.get("/docs/scalar.js").text,
    )

    (version,) = re.findall(r"@scalar/api-reference (\d+\.\d+\.\d+)", licence)
    assert f"`{version}`" in bundle


@pytest.mark.parametrize("path", ALL)
def test_head_answers_like_get_without_the_body(reader: httpx.Client, path: str) -> None:
    get, head = reader.get(path), reader.head(path)

    assert head.status_code == 200
    assert head.content == b""
    for name in ("Content-Type", "Content-Length", "Content-Encoding", "ETag"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("path", ["/", *PAGES])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_it_can_only_be_read(reader: httpx.Client, path: str, method: str) -> None:
    response = reader.request(method, path)

    assert error_of(response) == (405, "METHOD_NOT_ALLOWED", "Method not allowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/", *PAGES])
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
        "/docs/index.html",
        "/docs/scalar.js.gz",
        "/docs//",
        "//",
        "/docs/start.js%00",
        "/Docs",
        "/openapi",
        "/openapi.json/x",
        "/swagger.json",
        "/ui",
        "/.well-known/",
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
