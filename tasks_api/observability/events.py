"""The events of the log. `docs/operations.md` describes each."""

from enum import StrEnum


class Event(StrEnum):
    """The value of `event` in a line of the log."""

    REQUEST = "request"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINDING = "finding"
    DATABASE_UNAVAILABLE = "database_unavailable"
    DATABASE_RECOVERED = "database_recovered"
    KEY_SET_UNAVAILABLE = "key_set_unavailable"
    KEY_SET_RECOVERED = "key_set_recovered"
    KEY_SKIPPED = "key_skipped"
    DESCRIPTORS_EXHAUSTED = "descriptors_exhausted"
    DESCRIPTORS_AVAILABLE = "descriptors_available"
    CONNECTIONS_EXHAUSTED = "connections_exhausted"
    CONNECTIONS_AVAILABLE = "connections_available"
    TRACING_DISABLED = "tracing_disabled"
    TRACES_UNDELIVERED = "traces_undelivered"
    TRACES_DELIVERED = "traces_delivered"
    UNHANDLED_EXCEPTION = "unhandled_exception"
    LINES_LOST = "lines_lost"
    LIBRARY = "library"
