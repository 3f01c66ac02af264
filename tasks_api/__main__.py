"""The way in: `tasks-api`, or `python -m tasks_api`."""

import os
import signal
import sys


def main() -> None:
    """Run the command line, and let no signal be lost until it can take care of them itself.

    Its imports take a second. By default a signal would end them with a traceback or a failure,
    or, sent to the first process of a container, do nothing.
    """
    serves = sys.argv[1:2] in (["serve"], ["dev"])
    if serves:
        _end_on(signal.SIGTERM, 0)
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # It is not where `nohup` was asked.
            _end_on(signal.SIGHUP, 0)
    _end_on(signal.SIGINT, 0 if serves else 128 + signal.SIGINT)

    from tasks_api import cli as command_line  # noqa: PLC0415 - this is what takes a second.

    command_line.main()


def _end_on(number: signal.Signals, status: int) -> None:
    signal.signal(number, lambda *_: os._exit(status))


if __name__ == "__main__":
    main()
