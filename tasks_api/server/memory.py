"""What the garbage collector and the allocator are told."""

import ctypes
import gc
from contextlib import suppress

_OBJECTS = 2_000
"""More than these must have been added before the collector looks: 700 is a handful of requests."""

_LARGE_BYTES = 256 * 1024

# Of glibc's <malloc.h>. Other libraries do without.
_ARENA_MAX = -8
_MMAP_THRESHOLD = -3


def spare_what_stays() -> None:
    """Have the collector pass over all that there is by now, for good.

    To look at it takes some 30 ms, in which no request goes on, and finds nothing: modules, the
    contract and the application last as long as the process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS)


def keep_little() -> None:
    """Have the allocator keep little of what is free: for all threads together, and no large block.

    By default it learns to keep large blocks, and in each thread: a few lists of 10,000 tasks would
    leave the process with 80 MiB more than it needs. To be called before there are threads.
    """
    with suppress(AttributeError):
        option = ctypes.CDLL(None).mallopt
        option(_ARENA_MAX, 1)
        option(_MMAP_THRESHOLD, _LARGE_BYTES)
