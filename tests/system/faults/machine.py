"""The machine in one sentence, without a date and without a name."""

import os
import platform
from pathlib import Path

import psutil

from tests.system.faults.pgbouncer import version
from tests.system.faults.postgres import Postgres


def described(postgres: Postgres) -> str:
    """Describe the hardware, and the versions of what ran on it."""
    memory = psutil.virtual_memory().total / 2**30
    database = postgres.ask("SHOW server_version")[0][0].split()[0]
    return (
        f"{os.cpu_count()} CPUs ({_model()}), {memory:.0f} GiB of memory, Linux"
        f" {platform.release().partition('-')[0]}, PostgreSQL {database}, PgBouncer {version()},"
        f" Python {platform.python_version()}"
    )


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.machine()
