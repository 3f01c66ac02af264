"""The two questions of a load balancer or an orchestrator."""

from starlette.responses import Response

from handlers.replies import healthy
from persistence.engine import Database
from persistence.errors import SchemaNotReady
from persistence.schema import expected_revision


async def liveness() -> Response:
    """Reply that the process answers. Asks nobody, and needs no worker thread."""
    return healthy("alive")


def readiness(*, database: Database) -> Response:
    """Reply that the database answers, at the expected revision of its schema or a later one."""
    # Revisions are numbers of four digits, and a later one keeps what this version needs.
    if (database.revision() or "") < expected_revision():
        raise SchemaNotReady
    return healthy("ready")
