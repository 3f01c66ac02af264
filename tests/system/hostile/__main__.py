"""One user attacks, another one works: `python -m tests.system.hostile [part of a name ...]`.

Ends with 0 if the victim noticed no more than docs/reliability.md says. Without an argument it
plays all scenarios, and writes the table there if all went well.
"""

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

import httpx

from persistence.migrate import migrate
from tasks_api.dev.local_postgres import LocalPostgres
from tests.support.api import token_of
from tests.support.database import query
from tests.support.paths import ROOT
from tests.support.service import NO_TLS, Service, running_service
from tests.system.hostile.attacks import SCENARIOS, Scenario, begin

QUIET_SECONDS = 3.0
ATTACK_SECONDS = 8.0
PAUSE_SECONDS = 0.01
TIMES_QUIET = 5
ALWAYS_ALLOWED_SECONDS = 1.0
"""On a machine that runs the service, PostgreSQL, the victim, the attacker, and maybe more."""
MAX_MEMORY_MIB = 256
DOCUMENT = ROOT / "docs" / "reliability.md"
BEGIN = "<!-- Written by `make attacks`, down to the next comment. -->"
END = "<!-- The end of what `make attacks` writes. -->"
FILL = """
    TRUNCATE users CASCADE;
    INSERT INTO users (id) VALUES ('mallory'), ('alice');
    INSERT INTO tasks (user_id, title) SELECT 'alice', 'Task ' || n FROM generate_series(1, 100) n
"""


class Row(NamedTuple):
    """What the victim noticed. Times are in seconds."""

    scenario: Scenario
    answers: int
    refused: int
    """Answers that were no success."""
    quiet: float
    """The 99th percentile before the attack."""
    attacked: float
    """The same during the attack."""
    longest: float
    liveness: float
    """The longest answer of `/livez`."""
    memory: int
    """The largest resident memory, in MiB."""

    def findings(self) -> list[str]:
        """Return which promises are broken."""
        allowed = max(ALWAYS_ALLOWED_SECONDS, TIMES_QUIET * self.quiet)
        broken = {
            f"{self.refused} requests of the victim failed": self.refused > 0,
            f"p99 of {self.attacked:.3f} s instead of {self.quiet:.3f} s": self.attacked > allowed,
            f"/livez took {self.liveness:.1f} s": self.liveness > 2,
            f"{self.memory} MiB of memory": self.memory >= MAX_MEMORY_MIB,
        }
        return [finding for finding, is_broken in broken.items() if is_broken]


class Victim:
    """A user with a hundred tasks, who does one thing after the other."""

    def __init__(self, url: str) -> None:
        headers = {"Authorization": f"Bearer {token_of('alice')}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=30, verify=NO_TLS)
        self._url = url
        self.liveness = 0.0
        self.refused = 0

    def work(self, seconds: float) -> list[float]:
        """List, read, add and delete for some time; return the seconds of each answer."""
        times: list[float] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            tasks = self._asked(times, "GET", "/api/tasks").json().get("data", [])
            self._asked(times, "GET", f"/api/tasks/{tasks[0]['id']}" if tasks else "/api/tasks")
            added = self._asked(times, "POST", "/api/tasks", json={"title": "Buy milk"})
            if added.is_success:
                self._asked(times, "DELETE", f"/api/tasks/{added.json()['data']['id']}")
            self._probe()
        return times

    def _probe(self) -> None:
        """Ask for `/livez` on a new connection, as orchestrators do."""
        began = time.monotonic()
        with suppress(httpx.TransportError):
            alive = httpx.get(f"{self._url}/livez", timeout=30, verify=NO_TLS)
            self.refused += not alive.is_success
            self.liveness = max(self.liveness, time.monotonic() - began)
            return
        self.refused += 1

    def _asked(
        self, times: list[float], method: str, path: str, json: object = None
    ) -> httpx.Response:
        began = time.monotonic()
        answer = self._client.request(method, path, json=json)
        times.append(time.monotonic() - began)
        self.refused += not answer.is_success
        time.sleep(PAUSE_SECONDS)
        return answer


def play(scenario: Scenario, folder: Path, database_url: str) -> Row:
    """Play a scenario against a service of its own."""
    query(database_url, FILL)
    if scenario.tasks:
        query(database_url, scenario.tasks)
    with running_service(folder, database_url) as service:
        victim = Victim(service.url)
        victim.work(1.0)
        quiet = victim.work(QUIET_SECONDS)
        port = int(service.url.rpartition(":")[2])
        attacker = begin(scenario, port, token_of("mallory"))
        try:
            time.sleep(1.0)
            victim.liveness = 0
            times = victim.work(ATTACK_SECONDS)
        finally:
            attacker.terminate()
            attacker.join()
        return Row(
            scenario,
            len(times),
            victim.refused,
            _p99(quiet),
            _p99(times),
            max(times),
            victim.liveness,
            _peak_memory(service),
        )


def _p99(times: Sequence[float]) -> float:
    return quantiles(times, n=100, method="inclusive")[-1]


def _peak_memory(service: Service) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def rendered(rows: Sequence[Row]) -> str:
    """Render the table."""
    columns = ("Attack", "Answers", "Failed", "p99 before", "p99", "Longest", "/livez", "Memory")
    cells = [
        (
            row.scenario.name,
            str(row.answers),
            str(row.refused),
            *(f"{seconds * 1000:.0f} ms" for seconds in row[3:7]),
            f"{row.memory} MiB",
        )
        for row in rows
    ]
    lines = [columns, ("---",) * len(columns), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _write(text: str) -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = document.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main(wanted: list[str]) -> int:
    """Play the scenarios whose names hold one of these texts, or all of them."""
    scenarios = [
        s for s in SCENARIOS if not wanted or any(w.lower() in s.name.lower() for w in wanted)
    ]
    with (
        TemporaryDirectory() as name,
        LocalPostgres(Path(name) / "postgres", fsync=False) as server,
    ):
        folder = Path(name)
        migrate(server.url)
        rows = [_played(partial(play, scenario, folder, server.url)) for scenario in scenarios]
    print(f"\n{rendered(rows)}\n")
    broken = sum(bool(row.findings()) for row in rows)
    if not (wanted or broken):
        _write(rendered(rows))
    print(f"{len(rows)} attacks, {broken} of them noticed by others")
    return 1 if broken else 0


def _played(scenario: Callable[[], Row]) -> Row:
    """Play a scenario, and once more if a busy machine may be to blame."""
    for _ in range(2):
        row = scenario()
        findings = row.findings()
        print(f"{row.scenario.name}: {'; '.join(findings) or 'as promised'}", flush=True)
        if not findings:
            break
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
