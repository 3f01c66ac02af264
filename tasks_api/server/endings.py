"""How the process ends, beside the ordinary way."""

import logging
import os
import signal
import sys
import threading
from contextlib import suppress

from tasks_api.server.shutdown import END


def end_as_on_ctrl_c() -> None:
    """Let Ctrl-C, SIGTERM and the end of the terminal unwind every `with` block."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # It is where `nohup` was asked for.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def end_in_time() -> None:
    """End the process `END` seconds from now, though some thread of it may still wait.

    Python's own way out joins the threads, and after that lets no timer run any more: who has
    called this leaves by `end_now`.
    """
    end = threading.Timer(END, os._exit, [0])
    end.daemon = True
    end.start()


def end_now() -> None:
    """End the process with status 0, and wait for nothing but what it has printed."""
    logging.shutdown()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):  # Nobody may be there to read it.
            stream.flush()
    os._exit(0)
