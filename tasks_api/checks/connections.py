"""The connections that all replicas together may open, and how many are let in."""

from collections.abc import Iterator

from persistence.inspection import DatabaseFacts
from tasks_api.checks.address import Address
from tasks_api.checks.finding import Check, Finding, Severity

_WHY = "under load, requests that get no connection are answered with 503"

TOO_MANY = Check(
    "connections",
    Severity.WARNING,
    why=_WHY,
    fix="set DATABASE_POOL_SIZE to {size} or less, raise the limit, or put a pooler between",
)
TOO_MANY_FOR_POOLER = Check(
    "connections-pooled",
    Severity.WARNING,
    why=_WHY,
    fix="set max_client_conn of the pooler to {asked} or more, or DATABASE_POOL_SIZE to {size}",
)

NEON_CLIENTS = 10_000
"""Neon's pooler lets in so many (neon.com/docs/connect/connection-pooling)."""

PGBOUNCER_CLIENTS = 100
"""Where nothing is configured (`max_client_conn`). What is, only its administrators can ask for."""


def find(
    facts: DatabaseFacts, address: Address, *, pool_size: int, replicas: int
) -> Iterator[Finding]:
    """Compare; behind a pooler with what it lets in, and not with what PostgreSQL does."""
    asked = pool_size * replicas
    shown = f"{asked} connections (DATABASE_POOL_SIZE {pool_size}, {replicas} times)"
    if _is_pooled(facts, address):
        room = NEON_CLIENTS if address.is_neon else PGBOUNCER_CLIENTS
        if asked > room:
            message = f"{shown} go to a pooler, which lets {room} in unless it is told otherwise"
            yield TOO_MANY_FOR_POOLER.found(message, asked=asked, size=max(1, room // replicas))
    elif asked > facts.connection_limit:
        message = f"{shown} are more than the {facts.connection_limit} that the database lets in"
        yield TOO_MANY.found(message, size=max(1, facts.connection_limit // replicas))


def _is_pooled(facts: DatabaseFacts, address: Address) -> bool:
    # Neon has a proxy before every host, and only its name tells whether it pools.
    return address.is_pooled if address.is_neon else facts.is_behind_pooler
