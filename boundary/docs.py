"""The published contract: `/openapi.yaml`, `/openapi.json` and the interactive page `/docs`.

The contract does not describe these paths. Everything is built once and kept in memory. The page's
scripts are served from here as well, so that it works offline.
"""

from pathlib import Path
from typing import Any

import orjson
import yaml
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from boundary.contract import CONTRACT, ROUTE, without_extensions
from boundary.errors import MethodNotAllowed, RouteNotFound

PAGE = CONTRACT.parent / "docs"
_DOCUMENTS = ("/openapi.yaml", "/openapi.json", "/docs")
PATHS = frozenset(
    path.encode() for path in (*_DOCUMENTS, *(f"/docs/{file.name}" for file in PAGE.glob("*.*")))
)
"""Every path of this module. What is served there is public, and may be cached."""

# The page runs scripts of this origin only, and calls this origin only. Swagger UI has its icons in
# its style sheet, as data: URLs. The page holds a token, so nobody may frame it.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}

METHODS = frozenset({"GET", "HEAD"})
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".png": "image/png",
    ".txt": "text/plain",
}


class Documentation:
    """The ASGI application for every path that is not in the contract; most of them are 404."""

    def __init__(self, contract: dict[str, Any]) -> None:
        document = without_extensions(contract)
        text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)
        self._pages: dict[str, tuple[bytes, str]] = {
            "/openapi.yaml": (text.encode(), "application/yaml"),
            "/openapi.json": (orjson.dumps(document), "application/json"),
            "/docs": _file(PAGE / "index.html"),
        }
        for file in PAGE.glob("*.*"):
            self._pages[f"/docs/{file.name}"] = _file(file)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page of this path.

        Raises:
            RouteNotFound: There is no such page.
            MethodNotAllowed: There is one, and the method is not GET or HEAD.
        """
        path = scope["raw_path"].decode("latin-1").removesuffix("/")
        page = self._pages.get(path)
        if page is None:
            raise RouteNotFound
        scope.setdefault("extensions", {})[ROUTE] = path
        refusal = MethodNotAllowed({*METHODS, "OPTIONS"})
        if scope["method"] == "OPTIONS":
            response = Response(status_code=204, headers={"Allow": refusal.allow})
        elif scope["method"] in METHODS:
            response = Response(page[0], headers=HEADERS, media_type=page[1])
        else:
            raise refusal
        await response(scope, receive, send)


def _file(path: Path) -> tuple[bytes, str]:
    return path.read_bytes(), MEDIA_TYPES[path.suffix]
