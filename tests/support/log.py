"""What the service has logged."""

import time
from pathlib import Path
from typing import Any

import orjson


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        message = f"a line of the log is no JSON: {line!r}"
        raise AssertionError(message) from None


def logged(log: Path, event: str, **fields: object) -> list[dict[str, Any]]:
    """Return the lines of an event that have these fields. Every line of the log has to be JSON."""
    # The last one may still be being written.
    whole, _, _ = log.read_bytes().rpartition(b"\n")
    lines = [_parsed(line) for line in whole.splitlines()]
    wanted = {"event": event, **fields}
    return [line for line in lines if wanted.items() <= line.items()]


def awaited(log: Path, event: str, **fields: object) -> dict[str, Any]:
    """Wait until such a line is there, and return the first."""
    give_up = time.monotonic() + 30
    while not (found := logged(log, event, **fields)) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert found, f"no {event} with {fields} in the log:\n{log.read_text()}"
    return found[0]


def failures(log: Path) -> list[dict[str, Any]]:
    """Return the lines that tell of a defect, or of something that a library did not expect."""
    return [*logged(log, "unhandled_exception"), *logged(log, "library", level="error")]
