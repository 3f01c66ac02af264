"""What goes wrong with the local PostgreSQL."""


class LocalPostgresError(Exception):
    """Says in one line, for a newcomer, what is wrong and what to do about it."""
