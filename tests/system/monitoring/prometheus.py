"""A real Prometheus that watches one service, with the alerts of `deploy/prometheus/`."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.support.paths import ROOT
from tests.support.service import NO_TLS, free_port
from tests.system.faults.companion import find

RULES = ROOT / "deploy" / "prometheus" / "alerts.yaml"
JOB = "tasks-api"
_START_SECONDS = 60

CONFIGURATION = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: {job}
    static_configs: [targets: [{target}]]
"""


class Prometheus:
    """Answers questions in PromQL. Times are seconds since 1970."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def now(self, expression: str) -> list[dict[str, Any]]:
        """Return the series that an expression has at this moment."""
        return self._asked("/query", query=expression)

    def between(self, expression: str, begin: float, end: float) -> list[dict[str, Any]]:
        """Return the series of an expression, each with its values second by second."""
        return self._asked("/query_range", query=expression, start=begin, end=end, step=1)

    def wait_for(self, expression: str, seconds: float = 60) -> list[dict[str, Any]]:
        """Wait until an expression has a series, and return what it has."""
        give_up = time.monotonic() + seconds
        while not (found := self.now(expression)):
            assert time.monotonic() < give_up, f"nothing has {expression}: {self.now('ALERTS')}"
            time.sleep(0.5)
        return found

    def _asked(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = self._client.get(path, params=parameters).json()
        assert answer["status"] == "success", answer
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result


@contextmanager
def watching(folder: Path, metrics_port: int) -> Iterator[Prometheus]:
    """Run a Prometheus that looks at these metrics once a second.

    Its alerts ring at once, and not after the minutes that theirs have to last.
    """
    program = find("prometheus", "prometheus")
    rules = folder / "alerts.yaml"
    rules.write_text(re.sub(r"\bfor: \d+m", "for: 1s", RULES.read_text(encoding="utf-8")))
    target = f"127.0.0.1:{metrics_port}"
    configuration = folder / "prometheus.yaml"
    configuration.write_text(CONFIGURATION.format(rules=rules, job=JOB, target=target))
    address = f"127.0.0.1:{free_port()}"
    options = ("--config.file", configuration, "--storage.tsdb.path", folder / "series")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, *options, f"--web.listen-address={address}", "--log.level=warn"],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(f"http://{address}", process, folder / "log")
        api = f"http://{address}/api/v1"
        with httpx.Client(base_url=api, timeout=30, verify=NO_TLS) as client:
            yield Prometheus(client)
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            if httpx.get(f"{url}/-/ready", verify=NO_TLS).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise RuntimeError(log.read_text())
