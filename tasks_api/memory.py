"""What the garbage collector and the allocator are told, once the service is complete."""

import ctypes
import gc
from contextlib import suppress

_OBJECTS = 10_000
"""More than these must have been added before the collector looks: 700 is a handful of requests."""

_LARGE_BYTES = 256 * 1024

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of glibc's <malloc.h>, which other libraries do without.


def spare_what_stays() -> None:
    """Have the collector pass over all that there is by now, for good.

    To look at it takes some 30 ms, in which no request goes on, and finds nothing: modules, the
    contract and the application last as long as the process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)


def give_back_what_is_large() -> None:
    """Have the allocator give large blocks back to the system as soon as they are free.

    By default it learns to keep them, in each thread: a few lists of 10,000 tasks would leave the
    process with 80 MiB more than it needs.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
