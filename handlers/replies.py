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

JSON = "application/json"


def ok(task: Task, *, if_none_match: str | None) -> Response:
    """200 with the task and its ETag, or 304 if the client has it already."""
    tag = tag_of_task(task)
    if is_among(tag, if_none_match):
        return _not_modified(tag)
    return Response(_task(task, tag), headers={"ETag": tag}, media_type=JSON)


def ok_changed(task: Task, prefix: str) -> Response:
    """200 with the task as it is now, its path in `Content-Location` and its ETag."""
    tag = tag_of_task(task)
    headers = {"Content-Location": _path(task, prefix), "ETag": tag}
    return Response(_task(task, tag), headers=headers, media_type=JSON)


def ok_list(tasks: TaskList, *, if_match: str | None, if_none_match: str | None) -> Response:
    """200 with the list of tasks, which is JSON already, or 304.

    Raises ListChanged if `If-Match` does not allow its version.
    """
    tag = tag_of_list(tasks)
    require_list(tag, if_match)
    if tasks.array is None or is_among(tag, if_none_match):
        return _not_modified(tag)
    if tasks.more:
        return _InPieces([b'{"data":', tasks.array, *tasks.more, b"}"], {"ETag": tag})
    return _list_answer(tasks.array, b"}", {"ETag": tag})


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
        return _InPieces(pieces, {"ETag": tag})
    if tasks.next is None:
        return _list_answer(tasks.array, b',"next":null}', {"ETag": tag})
    after = cursor(tasks.next)
    headers = {"ETag": tag, "Link": link(page, after, prefix)}
    return _list_answer(tasks.array, b',"next":"%b"}' % after.encode(), headers)


def created(added: Added, prefix: str) -> Response:
    """201 with the task, its path in `Location` and its ETag; the same for each replay."""
    tag, path = tag_of_task(added.task), _path(added.task, prefix)
    headers = {"Location": path, "Content-Location": path, "ETag": tag}
    if added.is_replayed:
        headers["Idempotency-Replayed"] = "true"
    return Response(_task(added.task, tag), 201, headers=headers, media_type=JSON)


def no_content() -> Response:
    """204, without a body."""
    return Response(status_code=204)


def alive() -> Response:
    """200. It has no ETag, as it is true at this moment only."""
    return Response(_enveloped({"status": "alive"}), media_type=JSON)


def ready(*, age_seconds: float) -> Response:
    """200 with the age of the answer in whole seconds, and without an ETag."""
    data = {"status": "ready", "age_seconds": int(age_seconds)}
    return Response(_enveloped(data), media_type=JSON)


class _InPieces(Response):
    """200 with a body that is large, so it is not copied into one piece."""

    def __init__(self, pieces: Sequence[bytes], headers: Mapping[str, str]) -> None:
        length = {"Content-Length": str(sum(map(len, pieces)))}
        super().__init__(headers={**headers, **length}, media_type=JSON)
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


def _list_answer(array: bytes, rest: bytes, headers: dict[str, str]) -> Response:
    return Response(b'{"data":%b%b' % (array, rest), headers=headers, media_type=JSON)


def _not_modified(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag})


def _path(task: Task, prefix: str) -> str:
    return f"{prefix}/api/tasks/{task.id}"


def _task(task: Task, tag: str) -> bytes:
    # Times are aware and in UTC; the option writes their offset as `Z`.
    members = orjson.dumps(task, option=orjson.OPT_UTC_Z)[:-1]
    return b'{"data":%b,"etag":%b}}' % (members, orjson.dumps(tag))


def _enveloped(data: object) -> bytes:
    return orjson.dumps({"data": data})
