"""Finds the operation of a request target.

It replaces Connexion's routing, which redirects to the `Host` of the request, lists one method per
path in `Allow`, decodes `%2F` into a separator, and answers a non-integer id with 404 or 500
(docs/decisions/0003-own-routing.md).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import Specification
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from boundary.contract import METHODS, ROUTE, ROUTING_CONTEXT
from boundary.errors import MethodNotAllowed


class Route(NamedTuple):
    """A path template of the contract, and its operationIds by method."""

    base_path: str
    template: str
    literals: Sequence[tuple[int, str]]
    """The segments that are no parameter, each with its place."""
    parameters: Sequence[tuple[int, str]]
    operations: Mapping[str, str]

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the path parameters as they were sent, or None if the path does not match."""
        for place, literal in self.literals:
            if segments[place] != literal:
                return None
        parameters = {name: segments[place] for place, name in self.parameters}
        return parameters if all(parameters.values()) else None


def _route(base_path: str, path: str, operations: Mapping[str, str]) -> tuple[int, Route]:
    """Return how many segments the path has, and its route."""
    template = base_path + path
    segments = list(enumerate(template.split("/")))
    parameters = [(place, it[1:-1]) for place, it in segments if it.startswith("{")]
    literals = [each for each in segments if not each[1].startswith("{")]
    # The last one tells them apart soonest.
    return len(segments), Route(base_path, template, literals[::-1], parameters, operations)


class Routing(SpecMiddleware):
    """Routes requests to operations, and answers `OPTIONS`, 404 and 405 itself."""

    def __init__(self, app: ASGIApp, *, fallback: ASGIApp) -> None:
        self._app = app
        self._fallback = fallback
        self._routes: dict[int, list[Route]] = defaultdict(list)

    def add_api(self, specification: Specification, **_: object) -> None:
        """Register the operations of a contract."""
        for path, item in specification["paths"].items():
            operations = {m.upper(): item[m]["operationId"] for m in item if m in METHODS}
            if "GET" in operations:
                operations.setdefault("HEAD", operations["GET"])
            size, route = _route(specification.base_path, path, operations)
            self._routes[size].append(route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put the operation into the scope, where Connexion's middlewares look for it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = self._find(scope)
        if found is None:
            await self._fallback(scope, receive, send)
            return
        route, scope["path_params"] = found
        extensions = scope.setdefault("extensions", {})
        extensions[ROUTE] = route.template
        operation_id = route.operations.get(scope["method"])
        if operation_id is None:
            await _answer_other_method(route, scope, receive, send)
            return
        extensions[ROUTING_CONTEXT] = {
            "api_base_path": route.base_path,
            "operation_id": operation_id,
        }
        await self._app(scope, receive, send)

    def _find(self, scope: Scope) -> tuple[Route, dict[str, str]] | None:
        segments = _segments(scope)
        for route in self._routes.get(len(segments), ()):
            parameters = route.match(segments)
            if parameters is not None:
                return route, parameters
        return None


def _segments(scope: Mapping[str, Any]) -> Sequence[str]:
    """Split before decoding, so that an encoded slash stays inside its segment."""
    path: str = scope["raw_path"].decode("latin-1")
    segments = path.removesuffix("/").split("/")  # One trailing slash changes nothing.
    return [unquote(segment) for segment in segments] if "%" in path else segments


async def _answer_other_method(route: Route, scope: Scope, receive: Receive, send: Send) -> None:
    refusal = MethodNotAllowed({*route.operations, "OPTIONS"})
    if scope["method"] != "OPTIONS":
        raise refusal
    await Response(status_code=204, headers={"Allow": refusal.allow})(scope, receive, send)
