"""The database of the service, and the way that migrations take to it."""

from collections.abc import Iterator

from persistence.inspection import DatabaseFacts, InspectionFailed, inspect, try_to_connect
from tasks_api.checks import clock, connections, schema, users, version
from tasks_api.checks.address import Address
from tasks_api.checks.finding import Finding
from tasks_api.checks.reach import not_reached
from tasks_api.checks.target import Subject

PATIENCE_SECONDS = 6.0
"""For all questions to the database. Neon wakes up within that."""


def find(subject: Subject, address: Address, *, replicas: int) -> Iterator[Finding]:
    """Connect, and judge what there is; waits for `PATIENCE_SECONDS` at most, but for DNS."""
    try:
        facts = inspect(address.url, users_table=subject.users_table, seconds=PATIENCE_SECONDS)
    except InspectionFailed as error:
        yield not_reached(address, str(error))
    else:
        yield from _judge(facts, subject, address, replicas)


def find_unpooled(address: Address) -> Iterator[Finding]:
    """Connect as migrations do, and ask nothing: it is the same database."""
    try:
        try_to_connect(address.url, seconds=PATIENCE_SECONDS)
    except InspectionFailed as error:
        yield not_reached(address, str(error))


def _judge(
    facts: DatabaseFacts, subject: Subject, address: Address, replicas: int
) -> Iterator[Finding]:
    settings = subject.settings
    yield from version.find(facts)
    yield from clock.find(facts)
    yield from schema.find(facts)
    if facts.users is not None:
        yield from users.find(facts.users, settings)
    size = settings.database_pool_size
    yield from connections.find(facts, address, pool_size=size, replicas=replicas)
