"""The URLs of the database: what they say, before anybody connects."""

from collections.abc import Iterator

from tasks_api.checks.address import Address
from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.checks.target import Subject

SCHEME = Check(
    "database-scheme",
    Severity.WARNING,
    why="this service takes it, and SQLAlchemy and others that read the same variable do not",
    fix="begin {setting} with postgresql://",
)
TLS = Check(
    "database-tls",
    Severity.WARNING,
    why="where the server does not offer TLS, or somebody in between says so, the tasks cross the "
    "network for everybody to read",
    fix="add sslmode=require to {setting}",
)
CHANNEL_BINDING = Check(
    "database-channel-binding",
    Severity.WARNING,
    why="sslmode=require checks no certificate, so somebody in between could pretend to be Neon",
    fix="add channel_binding=require to {setting}",
)
POOLED_MIGRATIONS = Check(
    "migrations-pooled",
    Severity.FATAL,
    why="a migration is one long transaction with locks, and a pooler may refuse or cut it",
    fix="take the connection string without -pooler for DATABASE_URL_UNPOOLED",
)
NO_DIRECT_URL = Check(
    "migrations-unset",
    Severity.WARNING,
    why="migrations go through the pooler, which may refuse or cut a long transaction",
    fix="set DATABASE_URL_UNPOOLED to the connection string without -pooler",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Find what the URLs themselves tell."""
    for address in subject.addresses:
        yield from _connection(address)
    yield from _migrations(subject)


def _connection(address: Address) -> Iterator[Finding]:
    setting = address.setting
    if address.scheme == "postgres":
        yield SCHEME.found(f"{setting} begins with postgres://", setting=setting)
    if not address.is_local and not address.is_encrypted:
        yield TLS.found(
            f"{setting} leads to {address.where} and does not insist on TLS", setting=setting
        )
    if address.is_neon and not address.is_bound:
        yield CHANNEL_BINDING.found(
            f"{setting} leads to Neon without channel binding", setting=setting
        )


def _migrations(subject: Subject) -> Iterator[Finding]:
    if subject.unpooled:
        if subject.unpooled.is_pooled:
            yield POOLED_MIGRATIONS.found("DATABASE_URL_UNPOOLED leads to a pooler (-pooler)")
    elif subject.database and subject.database.is_pooled:
        yield NO_DIRECT_URL.found(
            "DATABASE_URL leads to a pooler (-pooler), and there is no DATABASE_URL_UNPOOLED"
        )
