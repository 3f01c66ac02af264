"""What is told of the database: when it cannot be used, and when it can again."""

from persistence.errors import DatabaseUnavailable
from tasks_api.observability.events import Event
from tasks_api.observability.faults import Fault
from tasks_api.workers import Watch


class DatabaseWatch:
    """Is told of every call to the database, in the event loop."""

    def __init__(self, count: Watch | None = None) -> None:
        """Watch; `count`, where it is given, is told as well."""
        self._count = count
        self._fault = Fault(Event.DATABASE_UNAVAILABLE, Event.DATABASE_RECOVERED)

    def __call__(self, waited: float | None, error: BaseException | None) -> None:
        """Take note of how long a call waited for a thread, and what it raised."""
        if self._count is not None:
            self._count(waited, error)
        if isinstance(error, DatabaseUnavailable):
            self._fault.fail(str(error).partition("\n")[0])
        elif self._fault.is_on:
            self._fault.succeed()
