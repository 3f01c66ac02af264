"""Defects of ours: each is told with its place, and counted where it happens again."""

import structlog

from tasks_api.observability.events import Event
from tasks_api.observability.repetition import Repetition
from tasks_api.observability.whereabouts import whereabouts

_repetition = Repetition()


def report(error: BaseException, *, request_id: bytes | None = None) -> None:
    """Log a defect, unless the very same one has been logged within the last minute."""
    where = whereabouts(error)
    count = _repetition.to_tell(where)
    if count is not None:
        structlog.get_logger().error(
            Event.DEFECT,
            exception=where,
            count=count,
            request_id=request_id.decode() if request_id else None,
        )
