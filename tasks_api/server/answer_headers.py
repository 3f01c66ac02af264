"""The headers that every answer has, whoever gives it."""

from boundary.docs import PATHS
from tasks_api.observability import request_id

Headers = list[tuple[bytes, bytes]]

_NOSNIFF = (b"x-content-type-options", b"nosniff")
_NO_STORE = (b"cache-control", b"no-store")


def answer_headers(id_: bytes, path: bytes = b"") -> Headers:
    """Return the headers of the answer to the request with this id and path.

    Everything but the published contract is somebody's own, or of this moment, and not for a cache.
    A client that keeps it itself can still ask by `If-None-Match` whether it is current.
    """
    headers = [_NOSNIFF, (request_id.HEADER, id_)]
    return headers if path.removesuffix(b"/") in PATHS else [*headers, _NO_STORE]
