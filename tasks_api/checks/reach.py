"""Why a database cannot be reached, from the words of libpq and of the server."""

import re

from tasks_api.checks.address import Address
from tasks_api.checks.finding import Check, Finding, Severity

_WHY = "without it, tasks are answered with 503 and migrations fail; no more of it was checked"


def _fatal(name: str, fix: str) -> Check:
    return Check(name, Severity.FATAL, _WHY, fix)


HOST = _fatal("database-host", "correct the host in {setting}, or the DNS of this machine")
REFUSED = _fatal(
    "database-refused", "start PostgreSQL there, or correct the host and the port in {setting}"
)
SILENT = _fatal(
    "database-silent", "look at the DNS and the firewalls on the way, or correct {setting}"
)
ASLEEP = _fatal(
    "database-asleep",
    "try again, as the first connection wakes it; if that does not help, look into Neon's console "
    "whether the project is suspended",
)
LOGIN = _fatal("database-login", "correct the user and the password in {setting}")
ENCRYPTION = _fatal(
    "database-encryption",
    "let {setting} and the server agree about TLS: sslmode=require where it has TLS, "
    "sslmode=disable on a private network where it has none",
)
NAME = _fatal("database-name", "create the database, or correct its name in {setting}")
FULL = _fatal("database-full", "close connections, or raise max_connections")
REFUSES = _fatal(
    "database-permission",
    "grant the role in {setting} what README names under Deploy",
)
OTHER = _fatal("database-unreachable", "mend what it says, and look at {setting}")

_SILENCE = re.compile(r"the time is up|timeout expired|timed out")
_REASONS = {
    re.compile("could not translate host name"): HOST,
    re.compile("Connection refused|Is the server running|No such file or directory"): REFUSED,
    _SILENCE: SILENT,
    re.compile(
        "SSL (was|is|error|connection)|certificate|channel binding|no encryption|insecure"
    ): (ENCRYPTION),
    re.compile(r'database ".*" does not exist'): NAME,
    re.compile(r'password|role ".*" does not exist|pg_hba\.conf'): LOGIN,
    re.compile("too many|remaining connection slots"): FULL,
    re.compile("permission denied"): REFUSES,
}
_BEFORE_THE_REASON = re.compile(r"^(connection to server .* failed: )?(FATAL: +)?")


def not_reached(address: Address, said: str) -> Finding:
    """Give the finding for what libpq or the server has said."""
    reason = _BEFORE_THE_REASON.sub("", said, count=1)
    check = next((found for pattern, found in _REASONS.items() if pattern.search(said)), OTHER)
    if check is SILENT:
        return silent(address)
    return check.found(f"{address.setting} ({address.where}): {reason}", setting=address.setting)


def silent(address: Address) -> Finding:
    """Give the finding for a server that does not answer."""
    check = ASLEEP if address.is_neon else SILENT
    message = f"{address.setting} ({address.where}): no answer in time"
    return check.found(message, setting=address.setting)
