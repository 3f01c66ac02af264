"""Where the log goes: whatever becomes of it, nobody waits, and what is lost is counted."""

import asyncio
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx
import pytest
import structlog

from tasks_api.observability import log, output
from tasks_api.observability.output import MAX_WAITING, Output
from tests.support.service import NO_TLS, SECRET, environment, free_port


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Give the two ends of a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[int]:
    """Give a file that takes eight bytes, and more when the limit is lifted."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    file = os.open(tmp_path / "log", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    yield file
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    os.close(file)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Give what is written, with one system call each, which accepts everything."""
    pieces: list[bytes] = []

    def write(_descriptor: int, piece: bytes) -> int:
        pieces.append(piece)
        return len(piece)

    monkeypatch.setattr(os, "write", write)
    return pieces


def loss(count: int) -> bytes:
    return b"lost %d\n" % count


def read_all(end: int) -> bytes:
    os.set_blocking(end, False)
    pieces = []
    try:
        while piece := os.read(end, 1 << 20):
            pieces.append(piece)
    except BlockingIOError:
        pass
    return b"".join(pieces)


def sent(out: Output, lines: Iterable[bytes], reader: int) -> bytes:
    """Write lines into a pipe, then give what comes out of it while it is flushed."""
    for line in lines:
        out.write(line)
    received = b""
    while more := read_all(reader):
        received += more
        out.flush()
    return received


def test_a_line_is_written_at_once(pipe: tuple[int, int]) -> None:
    out = Output(pipe[1], loss)

    out.write(b"one\n")

    assert read_all(pipe[0]) == b"one\n"


def test_the_lines_of_one_turn_of_the_event_loop_are_written_together(
    pipe: tuple[int, int], written: list[bytes]
) -> None:
    out = Output(pipe[1], loss)

    async def turns() -> None:
        for turn in range(2):
            for n in range(3):
                out.write(b"%d.%d\n" % (turn, n))
            await asyncio.sleep(0)

    asyncio.run(turns())
    assert written == [b"0.0\n0.1\n0.2\n", b"1.0\n1.1\n1.2\n"]


def test_the_events_of_one_turn_are_written_together(
    pipe: tuple[int, int], written: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = structlog.get_config()

    async def turn() -> None:
        for _ in range(3):
            structlog.get_logger().info("request")
        await asyncio.sleep(0)

    with os.fdopen(os.dup(pipe[1]), "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        # These are restored after the test.
        monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
        monkeypatch.setattr(threading, "excepthook", threading.excepthook)
        monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
        log.configure("INFO")
        try:
            asyncio.run(turn())
        finally:
            structlog.configure(**configuration)
    assert [piece.count(b'"event":"request"') for piece in written] == [3]


def test_a_loop_that_is_closed_before_it_writes_holds_no_line_back(
    pipe: tuple[int, int], written: list[bytes]
) -> None:
    out = Output(pipe[1], loss)
    closed = asyncio.new_event_loop()

    async def turn() -> None:
        closed.call_soon(out.write, b"one\n")

    closed.run_until_complete(turn())
    closed.close()
    out.write(b"two\n")

    assert b"".join(written) == b"one\ntwo\n"


def test_no_line_is_cut_that_a_pipe_takes_whole(
    pipe: tuple[int, int], written: list[bytes]
) -> None:
    out = Output(pipe[1], loss)
    lines = [b"%06d%s\n" % (n, b"x" * 300) for n in range(30)]

    async def turn() -> None:
        for line in lines:
            out.write(line)
        await asyncio.sleep(0)

    asyncio.run(turn())
    assert all(len(piece) <= select.PIPE_BUF and piece.endswith(b"\n") for piece in written)
    assert b"".join(written) == b"".join(lines)
    assert len(written) == 3


def test_what_a_full_pipe_does_not_take_is_written_later_and_in_order(
    pipe: tuple[int, int],
) -> None:
    out = Output(pipe[1], loss)
    lines = [b"%06d%s\n" % (n, b"x" * 300) for n in range(1000)]

    received = sent(out, lines, pipe[0])

    assert received == b"".join(lines)


def test_what_is_too_much_to_keep_is_lost_and_counted(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "MAX_WAITING", 10)
    out = Output(pipe[1], loss)
    lines = [b"%06d%s\n" % (n, b"x" * 300) for n in range(1000)]

    received = sent(out, lines, pipe[0])

    kept = received.splitlines(keepends=True)
    assert kept[:-1] == lines[: len(kept) - 1]
    assert kept[-1] == b"lost %d\n" % (1000 - len(kept) + 1)
    assert MAX_WAITING > 10


def test_a_long_line_arrives_whole(pipe: tuple[int, int]) -> None:
    out = Output(pipe[1], loss)
    line = b"x" * 200_000 + b"\n"

    received = sent(out, [line], pipe[0])

    assert received == line


def test_a_line_that_the_disk_has_cut_spoils_no_other(full_disk: int) -> None:
    out = Output(full_disk, loss)

    for line in (b"one\n", b"longer\n", b"two\n"):
        out.write(line)
    resource.setrlimit(resource.RLIMIT_FSIZE, resource.getrlimit(resource.RLIMIT_FSIZE)[1:] * 2)
    out.write(b"three\n")

    assert os.pread(full_disk, 100, 0) == b"one\nlong\nthree\nlost 2\n"


def test_a_pipe_that_nobody_reads_any_more_is_no_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    out = Output(writer, loss)

    for _ in range(3):
        out.write(b"line\n")

    os.close(writer)


@pytest.mark.parametrize("end", ["is not read", "is closed", "is not there"])
def test_the_service_answers_whatever_its_output_is(
    tmp_path: Path, database_url: str, end: str
) -> None:
    port = free_port()
    program = [sys.executable, "-m", "tasks_api", "serve"]
    if end == "is not there":
        program = ["sh", "-c", 'exec "$@" >&-', "sh", *program]
    process = subprocess.Popen(
        program,
        cwd=tmp_path,
        env=environment(DATABASE_URL=database_url, BETTER_AUTH_SECRET=SECRET, PORT=str(port)),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    if end == "is closed":
        process.stdout.close()
    try:
        assert answered(f"http://127.0.0.1:{port}/livez", 1000) == {200}
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0
        process.stdout.close()


def answered(url: str, times: int) -> set[int]:
    """Ask so many times, which is more than a pipe takes of the log."""
    with httpx.Client(verify=NO_TLS, timeout=60) as client:
        give_up = time.monotonic() + 60
        while True:
            try:
                client.get(url)
                break
            except httpx.ConnectError:
                assert time.monotonic() < give_up
                time.sleep(0.05)
        return {client.get(url).status_code for _ in range(times)}


def test_what_is_logged_while_a_line_is_written_follows_it(
    pipe: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Output(pipe[1], loss)
    write = os.write

    def write_and_log(descriptor: int, line: bytes) -> int:
        if line == b"one\n":
            out.write(b"two\n")
        return write(descriptor, line)

    monkeypatch.setattr(os, "write", write_and_log)
    out.write(b"one\n")

    assert read_all(pipe[0]) == b"one\ntwo\n"
