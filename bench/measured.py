"""What one service took for one load."""

from dataclasses import dataclass
from pathlib import Path

from bench.database import BenchDatabase
from bench.load import run_wrk
from bench.servers import Server


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Latencies are in milliseconds, the CPU for each request in microseconds.

    The CPU is that of the service, and apart from it that of PostgreSQL on its behalf.
    `peak_bytes` is the most memory since the process of the service started.
    """

    requests_per_second: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float
    peak_bytes: int

    @property
    def both_cpu(self) -> float:
        """The CPU of the service and PostgreSQL together."""
        return self.cpu + self.database_cpu

    @property
    def per_database_core(self) -> float:
        """The requests for each second of PostgreSQL's CPU: what a core of the database carries."""
        return 1e6 / self.database_cpu if self.database_cpu else 0.0


def measure(  # noqa: PLR0913 - where and what is asked, and how.
    database: BenchDatabase,
    server: Server,
    requests: Path,
    connections: int,
    seconds: int,
    *,
    are_refused: bool = False,
) -> Measured:
    """Give a service the requests of a file for so long, over so many connections.

    Raises LoadError where a request was not answered with success, or where they `are_refused`,
    with it.
    """
    own, other = server.cpu_seconds(), database.cpu_seconds()
    load = run_wrk(
        server.port, requests, connections=connections, seconds=seconds, are_refused=are_refused
    )
    own, other = server.cpu_seconds() - own, database.cpu_seconds() - other
    return Measured(
        requests_per_second=load.requests / load.microseconds * 1e6,
        p50=load.p50 / 1000,
        p99=load.p99 / 1000,
        cpu=own / load.requests * 1e6,
        database_cpu=other / load.requests * 1e6,
        peak_bytes=server.memory(),
    )
