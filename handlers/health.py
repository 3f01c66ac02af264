"""The health checks of load balancers and orchestrators."""

from starlette.responses import Response

from handlers import replies
from persistence.database import Database


async def liveness() -> Response:
    """Reply that the process is alive. Needs no database."""
    return replies.alive()


async def readiness(*, deep: str | None, database: Database) -> Response:
    """Reply that the database is ready, or was when it was last asked."""
    return replies.ready(age_seconds=await database.ready_age(ask=deep is not None))
