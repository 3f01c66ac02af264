"""The successes of the contract. No other place builds one."""

from collections.abc import Sequence

import orjson
from starlette.responses import Response

from handlers.entity_tags import is_among, tag_of_list, tag_of_task
from persistence.models import Task

JSON = "application/json"


def ok(data: Task | Sequence[Task], *, if_none_match: str | None = None) -> Response:
    """200 with the data in its envelope and its tag, or 304 where the client has it already."""
    body = _enveloped(data)
    tag = tag_of_task(data) if isinstance(data, Task) else tag_of_list(body)
    if is_among(tag, if_none_match):
        return not_modified(tag)
    return Response(body, headers={"ETag": tag}, media_type=JSON)


def not_modified(tag: str) -> Response:
    """304 with the tag of what the client has, without a body."""
    return Response(status_code=304, headers={"ETag": tag})


def created(task: Task) -> Response:
    """201 with the task in its envelope, its path in `Location` and its tag."""
    headers = {"Location": f"/api/tasks/{task.id}", "ETag": tag_of_task(task)}
    return Response(_enveloped(task), 201, headers=headers, media_type=JSON)


def no_content() -> Response:
    """204, without a body."""
    return Response(status_code=204)


def healthy(status: str) -> Response:
    """200 with the status in its envelope. It is of this moment, so it has no tag."""
    return Response(_enveloped({"status": status}), media_type=JSON)


def _enveloped(data: object) -> bytes:
    # Times are aware and in UTC: the option only spells their offset `Z`.
    return orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
