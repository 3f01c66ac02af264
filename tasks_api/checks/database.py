"""Checks of the database: whether it can be used, its version, clock, schema and connections."""

from collections.abc import Iterator
from datetime import UTC, datetime

from persistence.inspection import (
    DatabaseFacts,
    Failure,
    InspectionFailed,
    inspect,
    try_to_connect,
)
from persistence.readiness import VERSION_TABLE, expected_revision
from persistence.users import Provisioning
from tasks_api.checks import users
from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.checks.target import DatabaseAddress, Target
from tasks_api.security.verifier import LEEWAY_SECONDS

TIMEOUT_SECONDS = 6.0
"""For all questions to the database. Neon wakes up within that."""

OLDEST_VERSION = 15
"""The oldest version that the service has been tested with; its own tests use the newest."""

TOLERATED_SKEW_SECONDS = 5.0
"""Machines that use NTP are within a second of each other."""

NEON_CLIENTS = 10_000
"""The limit of Neon's pooler (neon.com/docs/connect/connection-pooling)."""

PGBOUNCER_CLIENTS = 100
"""PgBouncer's default for `max_client_conn`. Only its administrators can read the real value."""

_UNUSABLE = "tasks are answered with 503, migrations fail, and the rest could not be checked"
_REFUSED = "under load, requests that get no connection are answered with 503"
_UNMIGRATED = "until it is migrated, every request for tasks is answered with 503"

UNREACHABLE = Check(
    "database-unreachable",
    Severity.FATAL,
    why=_UNUSABLE,
    fix="start PostgreSQL there, or correct the host and the port in {setting}",
)
SILENT = Check(
    "database-silent",
    Severity.FATAL,
    why=_UNUSABLE,
    fix="check DNS and the firewalls on the way, or correct {setting}; if it is at Neon, try "
    "again, because the first connection wakes it",
)
REJECTED = Check(
    "database-rejected",
    Severity.FATAL,
    why=_UNUSABLE,
    fix="do what the message says: correct the user, the password, the database or the TLS "
    "parameters in {setting}, free connections, or grant the role the rights that README lists",
)
NO_TLS = Check(
    "database-tls-missing",
    Severity.FATAL,
    why=_UNUSABLE,
    fix="turn TLS on at the server, or correct the host in {setting}; without sslmode, the "
    "password and every task would cross the network unencrypted",
)
UNKNOWN_AUTHORITY = Check(
    "database-tls-authority",
    Severity.FATAL,
    why=_UNUSABLE,
    fix="add sslrootcert=FILE with the CA certificate of the server's provider to {setting}, or "
    "sslrootcert=system if a public authority has signed it; a weaker sslmode would accept any "
    "server",
)
WRONG_NAME = Check(
    "database-tls-name",
    Severity.FATAL,
    why=_UNUSABLE,
    fix="write a host name that the certificate has into {setting}, and add hostaddr=ADDRESS if "
    "it leads elsewhere; a weaker sslmode would accept any server of that authority",
)
EXPIRED = Check(
    "database-tls-expired",
    Severity.FATAL,
    why=_UNUSABLE,
    fix="renew the certificate of the server, or of the authority that has signed it; or correct "
    "this machine's clock, which is at {now}",
)
TOO_OLD = Check(
    "database-version",
    Severity.FATAL,
    why="the service has never been tested with it",
    fix=f"upgrade to PostgreSQL {OLDEST_VERSION} or newer",
)
SKEW = Check(
    "clock-skew",
    Severity.WARNING,
    why="one of the clocks is wrong; if it is this machine's, and the difference is more than "
    f"{LEEWAY_SECONDS} seconds, valid tokens are refused and expired ones accepted",
    fix="synchronize this machine's clock by NTP, and check the database's",
)
SCHEMA_MISSING = Check(
    "schema-missing", Severity.FATAL, why=_UNMIGRATED, fix="run tasks-api migrate"
)
SCHEMA_BEHIND = Check("schema-behind", Severity.FATAL, why=_UNMIGRATED, fix="run tasks-api migrate")
SCHEMA_AHEAD = Check(
    "schema-ahead",
    Severity.WARNING,
    why="a newer version of the service has migrated it; this version works with that schema, but "
    "may not work with the next one",
    fix="deploy the version that has migrated it",
)
SEARCH_PATH = Check(
    "search-path",
    Severity.FATAL,
    why="the service names its tables without a schema, so every request for tasks is answered "
    "with 503",
    fix="as the role of {setting}, run ALTER ROLE CURRENT_USER SET search_path = {schema}, or add "
    "options=-csearch_path%3D{schema} to {setting}; tasks-api migrate would create the tables "
    "once more",
)
TABLES_MISSING = Check(
    "tables-missing",
    Severity.FATAL,
    why="what needs them is answered with 503, and so is /readyz",
    fix="give them their names back, or restore them from a backup; tasks-api migrate creates no "
    "table again",
)
OTHERS_TABLES = Check(
    "tables-of-another",
    Severity.FATAL,
    why="tasks-api migrate creates tables with these names, and cannot",
    fix="rename those tables, or give the service a schema of its own: docs/adoption.md",
)
RIGHTS = Check(
    "database-rights",
    Severity.FATAL,
    why="what needs these rights is answered with 503",
    fix="run deploy/grants.sql as the owner of the tables, or grant these rights to the role of "
    "{setting}",
)
ROW_SECURITY = Check(
    "database-row-security",
    Severity.FATAL,
    why="rows that it hides are as if they were not there, and rows that it refuses are answered "
    "with 503; the service itself keeps the tasks of each user apart",
    fix="as the owner of the tables, ALTER TABLE … DISABLE ROW LEVEL SECURITY, or give the role of "
    "{setting} a policy FOR ALL USING (true) on each, or BYPASSRLS",
)
ENCODING = Check(
    "database-encoding",
    Severity.FATAL,
    why="tasks with characters that the encoding lacks are answered with 503, and in SQL_ASCII a "
    "character of a title counts as several",
    fix="create a database with ENCODING 'UTF8' TEMPLATE template0, and move the tables there",
)
READ_ONLY = Check(
    "database-read-only",
    Severity.FATAL,
    why="every write is answered with 503",
    fix="{fix}",
)
TOO_MANY = Check(
    "connections",
    Severity.WARNING,
    why=_REFUSED,
    fix="set DATABASE_POOL_SIZE to {size} or less, raise the limit, or use a pooler",
)
TOO_MANY_FOR_POOLER = Check(
    "connections-pooled",
    Severity.WARNING,
    why=_REFUSED,
    fix="set max_client_conn of the pooler to {asked} or more, or DATABASE_POOL_SIZE to {size}",
)

_BY_FAILURE = {
    Failure.UNREACHABLE: UNREACHABLE,
    Failure.SILENT: SILENT,
    Failure.REJECTED: REJECTED,
    Failure.NO_TLS: NO_TLS,
    Failure.UNKNOWN_AUTHORITY: UNKNOWN_AUTHORITY,
    Failure.WRONG_NAME: WRONG_NAME,
    Failure.EXPIRED: EXPIRED,
}


def find(target: Target, address: DatabaseAddress, *, replicas: int) -> Iterator[Finding]:
    """Connect, and check what there is, within `TIMEOUT_SECONDS` except for DNS."""
    try:
        facts = inspect(address.url, users_table=target.users_table, seconds=TIMEOUT_SECONDS)
    except InspectionFailed as error:
        yield _unusable(address, error)
        return
    size = target.settings.database_pool_size
    yield from _version(facts)
    yield from _encoding(facts)
    yield from _read_only(facts, address)
    yield from _clock(facts)
    yield from _schema(facts, address)
    yield from _rights(facts, target, address)
    yield from _row_security(facts, address)
    if facts.users is not None and facts.hidden_schema is None:
        yield from users.find(facts.users, target.settings)
    yield from _connections(facts, address, pool_size=size, replicas=replicas)


def find_direct(address: DatabaseAddress) -> Iterator[Finding]:
    """Connect as migrations do. It is the same database, so nothing else is checked."""
    try:
        try_to_connect(address.url, seconds=TIMEOUT_SECONDS)
    except InspectionFailed as error:
        yield _unusable(address, error)


def silent(address: DatabaseAddress) -> Finding:
    """Return the finding for a server that does not answer."""
    return SILENT.found(f"{address}: no answer in time", setting=address.setting)


def _unusable(address: DatabaseAddress, error: InspectionFailed) -> Finding:
    if error.failure is Failure.SILENT:
        return silent(address)
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    message = f"{address}: {error}"
    return _BY_FAILURE[error.failure].found(message, setting=address.setting, now=now)


def _version(facts: DatabaseFacts) -> Iterator[Finding]:
    if facts.version < OLDEST_VERSION:
        yield TOO_OLD.found(f"the database is PostgreSQL {facts.version}")


def _clock(facts: DatabaseFacts) -> Iterator[Finding]:
    if abs(facts.clock_ahead) > TOLERATED_SKEW_SECONDS:
        side = "ahead of" if facts.clock_ahead > 0 else "behind"
        seconds = round(abs(facts.clock_ahead))
        yield SKEW.found(f"the clock of the database is {seconds} s {side} this machine's")


def _schema(facts: DatabaseFacts, address: DatabaseAddress) -> Iterator[Finding]:
    if facts.hidden_schema is not None:
        yield from _hidden(facts.hidden_schema, facts, address)
    elif facts.others_tables is not None:
        yield OTHERS_TABLES.found(f"another program has these tables: {facts.others_tables}")
    elif not _lacks_revision(facts):
        yield from _revision(facts)


def _hidden(schema: str, facts: DatabaseFacts, address: DatabaseAddress) -> Iterator[Finding]:
    if not any(right.startswith("USAGE on schema") for right in facts.missing_rights):
        message = f"the tables are in the schema {schema}, and search_path does not lead to it"
        yield SEARCH_PATH.found(message, setting=address.setting, schema=schema)


def _revision(facts: DatabaseFacts) -> Iterator[Finding]:
    # Revisions are numbers of four digits.
    expected = expected_revision()
    if facts.revision is None:
        yield SCHEMA_MISSING.found("the database has no schema of this service")
    elif facts.revision < expected:
        yield SCHEMA_BEHIND.found(
            f"the database has schema {facts.revision}, this version needs {expected}"
        )
    elif facts.missing_tables:
        missing = ", ".join(facts.missing_tables)
        yield TABLES_MISSING.found(f"the schema {facts.revision} lacks these tables: {missing}")
    elif facts.revision > expected:
        yield SCHEMA_AHEAD.found(
            f"the database has schema {facts.revision}, this version knows {expected}"
        )


def _lacks_revision(facts: DatabaseFacts) -> bool:
    """Return whether the revision is unknown because the role may not read it."""
    return f"SELECT on {VERSION_TABLE}" in facts.missing_rights


def _rights(facts: DatabaseFacts, target: Target, address: DatabaseAddress) -> Iterator[Finding]:
    if facts.others_tables is not None:
        return
    missing = [*facts.missing_rights]
    provisioning = Provisioning(target.settings.user_provisioning)
    is_stand_in = facts.users is not None and facts.users.is_stand_in
    adds_users = provisioning is Provisioning.CREATE or (
        provisioning is Provisioning.AUTO and is_stand_in
    )
    if adds_users and not facts.may_add_users:
        missing.append(f"INSERT on {target.users_table}")
    if missing:
        message = f"the role of {address.setting} lacks {', '.join(missing)}"
        yield RIGHTS.found(message, setting=address.setting)


def _row_security(facts: DatabaseFacts, address: DatabaseAddress) -> Iterator[Finding]:
    if facts.row_security and facts.others_tables is None:
        tables = ", ".join(facts.row_security)
        message = f"row-level security applies to the role of {address.setting} in {tables}"
        yield ROW_SECURITY.found(message, setting=address.setting)


def _encoding(facts: DatabaseFacts) -> Iterator[Finding]:
    if facts.encoding != "UTF8":
        yield ENCODING.found(f"the database keeps text in {facts.encoding}, and not in UTF8")


def _read_only(facts: DatabaseFacts, address: DatabaseAddress) -> Iterator[Finding]:
    if facts.is_standby:
        message = f"{address} is a standby, which takes no writes"
        fix = f"have {address.setting} lead to the primary; if it names several hosts, add "
        yield READ_ONLY.found(message, fix=fix + "target_session_attrs=read-write")
    elif facts.is_read_only:
        message = f"default_transaction_read_only is on for {address}"
        fix = "set it to off: for the role, the database and the server, and in the options of "
        yield READ_ONLY.found(message, fix=fix + address.setting)


def _connections(
    facts: DatabaseFacts, address: DatabaseAddress, *, pool_size: int, replicas: int
) -> Iterator[Finding]:
    # Behind a pooler, its limit counts, and not PostgreSQL's.
    asked = pool_size * replicas
    total = f"{asked} connections ({replicas} replicas with DATABASE_POOL_SIZE={pool_size})"
    if _is_pooled(facts, address):
        limit = NEON_CLIENTS if address.is_neon else PGBOUNCER_CLIENTS
        if asked > limit:
            message = f"{total} exceed the {limit} that a pooler accepts by default"
            yield TOO_MANY_FOR_POOLER.found(message, asked=asked, size=max(1, limit // replicas))
    elif asked > facts.connection_limit:
        limit = facts.connection_limit
        message = f"{total} exceed the {limit} that the database accepts"
        yield TOO_MANY.found(message, size=max(1, limit // replicas))


def _is_pooled(facts: DatabaseFacts, address: DatabaseAddress) -> bool:
    # Neon has a proxy before every host; only its name tells whether it is a pooler.
    return address.is_pooled if address.is_neon else facts.is_behind_pooler
