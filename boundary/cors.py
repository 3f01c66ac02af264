"""CORS: which pages of other origins may call the API (the Fetch standard, section 3.2)."""

import re
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def _pattern(origin: str) -> str:
    return re.escape(origin).replace(re.escape("*"), "[a-z0-9-]+")


class CrossOrigin(CORSMiddleware):
    """Starlette's middleware, except that every preflight is answered with 204 and no body.

    Browsers refuse a request if the answer lacks the header that would allow it. Starlette's own
    answer to such a preflight is a 400 in plain text.
    """

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=[each for each in origins if "*" not in each],
            allow_origin_regex="|".join(_pattern(each) for each in origins if "*" in each) or None,
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "Traceparent",
                "Tracestate",
                "X-Request-ID",
            ],
            expose_headers=[
                "Allow",
                "Content-Location",
                "ETag",
                "Idempotency-Replayed",
                "Link",
                "Location",
                "Retry-After",
                "WWW-Authenticate",
                "X-Request-ID",
            ],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request without `Origin`, and add `Vary: Origin` to its answer.

        Starlette does the same, and builds three objects for the headers.
        """
        if scope["type"] != "http" or any(name == b"origin" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
            return

        async def send_varying(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"vary", b"Origin")]
            await send(message)

        await self.app(scope, receive, send_varying)

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer with the headers that allow what may be allowed."""
        answer = super().preflight_response(request_headers)
        allowed = {
            name: value for name, value in answer.headers.items() if not name.startswith("content-")
        }
        return Response(status_code=204, headers=allowed)
