"""The success bodies of the contract. No other place builds one."""

from collections.abc import Sequence

import orjson
from starlette.responses import Response

from persistence.models import Task

JSON = "application/json"


def ok(data: Task | Sequence[Task] | dict[str, str]) -> Response:
    """200 with the data in its envelope."""
    return Response(_enveloped(data), media_type=JSON)


def created(task: Task) -> Response:
    """201 with the task in its envelope and its path in `Location`."""
    location = f"/api/tasks/{task.id}"
    return Response(_enveloped(task), 201, headers={"Location": location}, media_type=JSON)


def no_content() -> Response:
    """204, without a body."""
    return Response(status_code=204)


def _enveloped(data: object) -> bytes:
    # Times are aware and in UTC: the option only spells their offset `Z`.
    return orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
