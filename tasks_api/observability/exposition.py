"""The metrics as Prometheus reads them: text, at one path."""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/metrics"


def exposition_of(registry: CollectorRegistry) -> ASGIApp:
    """Give the application that answers `GET /metrics`, and everything else with 404.

    The library's own reads headers in ways that some values break, and answers every path.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != PATH or scope["method"] not in {"GET", "HEAD"}:
            response = Response(status_code=404)
        else:
            text = generate_latest(registry)
            response = Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})
        await response(scope, receive, send)

    return application
