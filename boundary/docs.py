"""What the service says of itself: the contract, the page `/docs`, and the way to both.

The contract does not describe these paths. Everything is built once and kept in memory, compressed,
and uncompressed as well once a client has asked for that. The page's scripts are served from here,
so that it works offline. Every reference is relative, so that it works behind a proxy that removes
a prefix.
"""

import gzip
import re
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from boundary.contract import CONTRACT, ROUTE, parsed, text
from boundary.editions import in_3_0, in_3_1
from boundary.errors import MethodNotAllowed, RouteNotFound

PAGE = CONTRACT.parent / "docs"
_CATALOG = "/.well-known/api-catalog"
_EDITIONS = ("/openapi.yaml", "/openapi.json", "/openapi-3.1.yaml", "/openapi-3.1.json")
_FILES = {
    f"/docs/{file.name.removesuffix('.gz')}": file
    for file in PAGE.glob("[!.]*.*")
    if file.name != "index.html"
}
PATHS = frozenset(path.encode() for path in (*_EDITIONS, "/docs", _CATALOG, *_FILES))
"""Every path of this module that has a page. It may be cached."""

# The page runs scripts of this origin only, and calls this origin only. Scalar styles with inline
# styles (docs/decisions/0026-scalar-as-the-reference.md). The page holds a token, so no other page
# may frame it.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
# It may be kept, and is asked for again before it is used.
_KEPT = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}

METHODS = frozenset({"GET", "HEAD"})
MEDIA_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
}
# RFC 9727, section 4.
_LINKSET = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
_NO_WEIGHT = re.compile(r"q=0(\.0*)?")
_TAG = re.compile(r'"[^"]*"')


class _Page:
    """A page, and its gzip-compressed form; each has an entity tag of its own (RFC 9110, 8.8.3)."""

    def __init__(
        self, content: bytes, media_type: str, *, compressed: bytes = b"", link: str = ""
    ) -> None:
        self._compressed = compressed or gzip.compress(content, mtime=0)
        self._media_type = media_type
        self._tag = sha256(content).hexdigest()[:32]
        self._headers = HEADERS | _KEPT | ({"Link": link} if link else {})

    def answer(self, request: Headers) -> Response:
        """Return 200, or 304 if the client has this already."""
        is_compressed = _accepts_gzip(", ".join(request.getlist("accept-encoding")))
        tag = f'"{self._tag}-gzip"' if is_compressed else f'"{self._tag}"'
        headers = self._headers | {"ETag": tag}
        known = ", ".join(request.getlist("if-none-match"))
        if known.strip() == "*" or tag in _TAG.findall(known):
            return Response(status_code=304, headers=headers)
        if not is_compressed:
            return Response(self._content, headers=headers, media_type=self._media_type)
        headers["Content-Encoding"] = "gzip"
        return Response(self._compressed, headers=headers, media_type=self._media_type)

    @cached_property
    def _content(self) -> bytes:
        # The largest one has 5 MB, and nearly every client accepts gzip.
        return gzip.decompress(self._compressed)


class Documentation:
    """The ASGI application for every path that is not in the contract; most of them are 404."""

    def __init__(self, public_url: str | None) -> None:
        links = _links("")
        self._pages = {
            **_editions(public_url, links),
            **{path: _file(file) for path, file in _FILES.items()},
            "/docs": _file(PAGE / "index.html", links),
            _CATALOG: _catalog(public_url),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page of this path.

        Raises:
            RouteNotFound: There is no such page.
            MethodNotAllowed: There is one, and the method is not GET or HEAD.
        """
        path = scope["raw_path"].decode("latin-1")
        route = path.removesuffix("/")
        page = self._pages.get(route)
        if page is None and route:
            raise RouteNotFound
        scope.setdefault("extensions", {})[ROUTE] = route or "/"
        refusal = MethodNotAllowed({*METHODS, "OPTIONS"})
        if scope["method"] == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": refusal.allow})
        elif scope["method"] not in METHODS:
            raise refusal
        elif page is None or path != route:
            response = _redirect(path, "docs" if page is None else f"../{Path(route).name}")
        else:
            response = page.answer(Headers(scope=scope))
        await response(scope, receive, send)


def _redirect(path: str, location: str) -> Response:
    """Lead to a page from the root, or from a slash too many, where relative references fail."""
    links = _links("../" * (path.count("/") - 1))
    headers = HEADERS | {"Location": location, "Link": links}
    return Response(status_code=307, headers=headers)


def _accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a coding of `Accept-Encoding` is gzip, with a weight (RFC 9110, 12.5.3)."""
    weights = {}
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.partition(";")
        weights[coding.strip()] = weight.replace(" ", "")
    return not _NO_WEIGHT.fullmatch(weights.get("gzip", weights.get("*", "q=0")))


def _links(up: str) -> str:
    """Return the `Link` header that leads to the contract and the page (RFC 8631, RFC 9727)."""
    return (
        f'<{up}openapi.yaml>; rel="service-desc"; type="application/yaml", '
        f'<{up}docs>; rel="service-doc"; type="text/html", '
        f'<{up}{_CATALOG[1:]}>; rel="api-catalog"'
    )


def _editions(public_url: str | None, links: str) -> dict[str, _Page]:
    edition = in_3_0(text(), public_url)
    texts = {"/openapi": edition, "/openapi-3.1": in_3_1(edition)}
    pages = {}
    for name, content in texts.items():
        pages[f"{name}.yaml"] = _Page(content.encode(), MEDIA_TYPES[".yaml"], link=links)
        document = orjson.dumps(parsed(content))
        pages[f"{name}.json"] = _Page(document, MEDIA_TYPES[".json"], link=links)
    return pages


def _catalog(public_url: str | None) -> _Page:
    """Return the catalog of this one API, a set of links (RFC 9264)."""
    up = "../"
    base = f"{public_url}/" if public_url else up
    editions = [
        {"href": base + path[1:], "type": MEDIA_TYPES[Path(path).suffix]} for path in _EDITIONS
    ]
    api = {
        "anchor": base,
        "service-desc": editions,
        "service-doc": [{"href": f"{base}docs", "type": MEDIA_TYPES[".html"]}],
        "status": [{"href": f"{base}livez", "type": MEDIA_TYPES[".json"]}],
    }
    # It may be passed on from the root of a site, where a relative reference would lead elsewhere.
    return _Page(orjson.dumps({"linkset": [api]}), _LINKSET, link=_links(base))


def _file(path: Path, link: str = "") -> _Page:
    content, name = path.read_bytes(), Path(path.name.removesuffix(".gz"))
    media_type = MEDIA_TYPES[name.suffix]
    if path.suffix == ".gz":
        return _Page(gzip.decompress(content), media_type, compressed=content, link=link)
    return _Page(content, media_type, link=link)
