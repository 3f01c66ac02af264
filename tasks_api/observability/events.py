"""What is logged, by name. `docs/operations.md` describes each."""

from enum import StrEnum


class Event(StrEnum):
    """The `event` of a line of the log."""

    REQUEST = "request"
    STARTED = "started"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FINDING = "finding"
    DATABASE_UNAVAILABLE = "database_unavailable"
    DATABASE_RECOVERED = "database_recovered"
    KEY_SET_UNAVAILABLE = "key_set_unavailable"
    KEY_SET_RECOVERED = "key_set_recovered"
    KEY_LEFT_OUT = "key_left_out"
    TRACES_OFF = "traces_off"
    TRACES_UNDELIVERED = "traces_undelivered"
    TRACES_DELIVERED = "traces_delivered"
    DEFECT = "defect"
    LINES_LOST = "lines_lost"
    LIBRARY = "library"
