"""How it grows: with the table, with the list, with the distance, with processes, with time."""

from collections.abc import Callable

from bench.growth import at_once, distance, lengths, memory, processes, rows, start

PARTS: dict[str, Callable[[], str]] = {
    "rows": rows.run,
    "lengths": lengths.run,
    "at-once": at_once.run,
    "distance": distance.run,
    "processes": processes.run,
    "start": start.run,
    "requests": memory.run,
}
"""Each is measured on a database of its own, and gives a table for the section of its name."""
