"""The faults, in the order in which they are injected."""

from tests.system.faults import disk, refusals, restarts, services, sessions
from tests.system.faults.stage import Fault

FAULTS = (
    Fault(
        "Idle sessions terminated",
        sessions.cut_while_idle,
        refuses=False,
        unnoticed=True,
    ),
    Fault("Sessions terminated in a loop, 3 s", sessions.terminated_in_a_loop, refuses=False),
    Fault("Fast restart", restarts.fast_restart, refuses=False),
    Fault("Crash restart", restarts.crash_restart, refuses=False),
    Fault("Down for 3 s", restarts.down),
    Fault("Read-only for 2 s", refusals.read_only),
    Fault("Table locked for 4 s", refusals.locked),
    Fault("Connections exhausted, 3 s", sessions.exhausted),
    Fault("Disk full for 3 s", disk.full, prepare=disk.small_disk),
    Fault("Sessions frozen for 4 s", sessions.frozen_for_a_while, refuses=False),
    Fault("Sessions frozen for 7 s", sessions.frozen_for_long),
    Fault("PostgreSQL frozen for 6 s", sessions.all_frozen),
    Fault("Network silent for 6 s", services.silence, silences=True),
    Fault("Half of the commits fail, 3 s", refusals.failing_commits, refusals.commits_can_fail),
    Fault(
        "Service killed twice (SIGKILL)",
        services.killed,
        refuses=False,
        replaces_the_service=True,
        cuts_requests_off=True,
    ),
    Fault(
        "Service replaced three times (SIGTERM)",
        services.replaced,
        refuses=False,
        replaces_the_service=True,
    ),
)
