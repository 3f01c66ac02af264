"""Where the time of one service goes under one load, by py-spy's samples."""

import subprocess
import sysconfig
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from bench.contestants import Contestant
from bench.database import filled_database
from bench.load import run_wrk
from bench.scenarios import SCENARIOS, people
from bench.servers import running

_SAMPLES_PER_SECOND = 500
_LINES = 40


def run(contestant: Contestant, scenario: str, *, connections: int, seconds: int) -> None:
    """Print the functions with the most time of their own, then with those that they call.

    Native code, as of psycopg2 or orjson, counts for the Python function that called it.
    """
    with filled_database() as database, TemporaryDirectory() as folder:
        requests = SCENARIOS[scenario].write(people(database), Path(folder) / "requests")
        with running(contestant, database.url) as server:
            run_wrk(server.port, requests, connections=connections, seconds=2)
            stacks = Path(folder) / "stacks"
            with subprocess.Popen(_py_spy(server.process.pid, seconds, stacks)) as recorder:
                run_wrk(server.port, requests, connections=connections, seconds=seconds + 1)
            if recorder.returncode:
                message = "py-spy failed; it needs the right to trace processes"
                raise click.ClickException(message)
        _print(stacks.read_text(encoding="utf-8"))


def _py_spy(pid: int, seconds: int, stacks: Path) -> list[str]:
    program = Path(sysconfig.get_path("scripts")) / "py-spy"
    options = ["--gil", "--function", "--format", "raw", "--duration", str(seconds)]
    rate = ["--rate", str(_SAMPLES_PER_SECOND)]
    return [str(program), "record", *options, *rate, "--pid", str(pid), "--output", str(stacks)]


def _print(stacks: str) -> None:
    own: Counter[str] = Counter()
    below: Counter[str] = Counter()
    packages: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        own[frames[-1]] += int(count)
        packages[_package(frames[-1])] += int(count)
        below.update(dict.fromkeys(frames, int(count)))
    _print_shares("Packages, of their own", packages, own.total())
    _print_shares("Functions, of their own", own, own.total())
    _print_shares("Functions, with what they call", below, own.total())


def _package(frame: str) -> str:
    """Give the first folder of `function (package/module.py:1)`, or the module without one."""
    return frame.rpartition("(")[2].partition("/")[0].partition(":")[0]


def _print_shares(title: str, counts: Counter[str], total: int) -> None:
    """Print the largest of some counts, in percent of the samples."""
    click.echo(f"\n{title}, in percent of {total} samples that held the GIL")
    for name, count in counts.most_common(_LINES):
        click.echo(f"{count / total:6.1%}  {name}")
