"""The successful answers of the contract. No other module builds one.

`prefix` precedes every path that an answer names: the path of PUBLIC_URL.
"""

import asyncio
from collections.abc import Mapping, Sequence

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from handlers.entity_tags import is_among, require_list, tag_of_list, tag_of_task
from handlers.pages import cursor, link
from persistence.models import Added, Page, Task, TaskList

_JSON = (b"content-type", b"application/json")


def ok(task: Task, *, if_none_match: str | None) -> Response:
    """200 with the task and its ETag, or 304 if the client has it already."""
    tag = tag_of_task(task)
    if is_among(tag, if_none_match):
        return _not_modified(tag)
    return _Answer(200, {b"etag": tag}, _task(task, tag))


def ok_changed(task: Task, prefix: str) -> Response:
    """200 with the task as it is now, its path in `Content-Location` and its ETag."""
    tag = tag_of_task(task)
    headers = {b"content-location": _path(task, prefix), b"etag": tag}
    return _Answer(200, headers, _task(task, tag))


def ok_list(tasks: TaskList, *, if_match: str | None, if_none_match: str | None) -> Response:
    """200 with the list of tasks, which is JSON already, or 304.

    Raises ListChanged if `If-Match` does not allow its version.
    """
    tag = tag_of_list(tasks)
    require_list(tag, if_match)
    if tasks.array is None or is_among(tag, if_none_match):
        return _not_modified(tag)
    if tasks.more:
        return _InPieces([b'{"data":', tasks.array, *tasks.more, b"}"], {b"etag": tag})
    return _list_answer(tasks.array, b"}", {b"etag": tag})


def ok_page(
    tasks: TaskList, page: Page, prefix: str, *, if_match: str | None, if_none_match: str | None
) -> Response:
    """200 with a part of the list, and with where the next one begins; or 304.

    Raises ListChanged if `If-Match` does not allow the version of the list.
    """
    tag = tag_of_list(tasks)
    require_list(tag, if_match)
    if tasks.array is None or is_among(tag, if_none_match):
        return _not_modified(tag)
    if tasks.more:
        pieces = [b'{"data":', tasks.array, *tasks.more, b',"next":null}']
        return _InPieces(pieces, {b"etag": tag})
    if tasks.next is None:
        return _list_answer(tasks.array, b',"next":null}', {b"etag": tag})
    after = cursor(tasks.next)
    headers = {b"etag": tag, b"link": link(page, after, prefix)}
    return _list_answer(tasks.array, b',"next":"%b"}' % after.encode(), headers)


def created(added: Added, prefix: str) -> Response:
    """201 with the task, its path in `Location` and its ETag; the same for each replay."""
    tag, path = tag_of_task(added.task), _path(added.task, prefix)
    headers = {b"location": path, b"content-location": path, b"etag": tag}
    if added.is_replayed:
        headers[b"idempotency-replayed"] = "true"
    return _Answer(201, headers, _task(added.task, tag))


def no_content() -> Response:
    """204, without a body."""
    return _Answer(204, {})


def alive() -> Response:
    """200. It has no ETag, as it is true at this moment only."""
    return _Answer(200, {}, _enveloped({"status": "alive"}))


def ready(*, age_seconds: float) -> Response:
    """200 with the age of the answer in whole seconds, and without an ETag."""
    data = {"status": "ready", "age_seconds": int(age_seconds)}
    return _Answer(200, {}, _enveloped(data))


class _Answer(Response):
    """An answer with a body in JSON, or without a body. Names of headers are in lower case.

    Starlette's constructor takes longer for the headers than all that is done here.
    """

    def __init__(
        self, status: int, headers: Mapping[bytes, str], body: bytes = b"", *, size: int = 0
    ) -> None:
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [(name, value.encode("latin-1")) for name, value in headers.items()]
        length = size or len(body)
        if length:
            self.raw_headers += (b"content-length", b"%d" % length), _JSON


class _InPieces(_Answer):
    """200 with a body that is large, so it is not copied into one piece."""

    def __init__(self, pieces: Sequence[bytes], headers: Mapping[bytes, str]) -> None:
        super().__init__(200, headers, size=sum(map(len, pieces)))
        self._pieces = pieces

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the pieces, each when the one before has been sent.

        Others have their turn in between, also if the system takes all of it at once.
        """
        headers = self.raw_headers
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in self._pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body"})


def _list_answer(array: bytes, rest: bytes, headers: Mapping[bytes, str]) -> Response:
    return _Answer(200, headers, b'{"data":%b%b' % (array, rest))


def _not_modified(tag: str) -> Response:
    return _Answer(304, {b"etag": tag})


def _path(task: Task, prefix: str) -> str:
    return f"{prefix}/api/tasks/{task.id}"


def _task(task: Task, tag: str) -> bytes:
    # Times are aware and in UTC; the option writes their offset as `Z`.
    members = orjson.dumps(task, option=orjson.OPT_UTC_Z)[:-1]
    return b'{"data":%b,"etag":%b}}' % (members, orjson.dumps(tag))


def _enveloped(data: object) -> bytes:
    return orjson.dumps({"data": data})
