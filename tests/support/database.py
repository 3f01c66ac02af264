"""Databases for the tests, and Better Auth's tables in them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

_numbers = count(1)

# Better Auth 1.7 with its defaults, as `npx @better-auth/cli generate` writes it.
BETTER_AUTH = """
    CREATE TABLE {users} (
        id {id} PRIMARY KEY,
        name text NOT NULL,
        email text NOT NULL UNIQUE,
        "emailVerified" boolean NOT NULL,
        image text,
        "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
        "updatedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
    );
    CREATE TABLE session (
        id {id} PRIMARY KEY,
        token text NOT NULL UNIQUE,
        "userId" {id} NOT NULL REFERENCES {users} (id) ON DELETE CASCADE
    );
    CREATE TABLE account (
        id {id} PRIMARY KEY,
        "userId" {id} NOT NULL REFERENCES {users} (id) ON DELETE CASCADE
    );
    CREATE TABLE verification (id {id} PRIMARY KEY, identifier text NOT NULL);
    CREATE TABLE jwks (id {id} PRIMARY KEY, "publicKey" text NOT NULL);
    CREATE INDEX "session_userId_idx" ON session ("userId");
"""


def query(url: str, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
    """Run one statement or several on a connection of their own; give the rows of the last."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


@contextmanager
def locked(url: str, tables: str = "tasks") -> Iterator[psycopg2.extensions.connection]:
    """Keep all others from tables until the block ends, or until it rolls back."""
    blocker = psycopg2.connect(url)
    blocker.cursor().execute(f"LOCK TABLE {tables}")
    try:
        yield blocker
    finally:
        blocker.close()


def wait_until(url: str, condition: str, seconds: float = 30.0) -> int:
    """Wait until a session of the service in this database meets the condition; give its pid."""
    sessions = f"""
        SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'tasks-api' AND {condition}
    """
    give_up = time.monotonic() + seconds
    while not (found := query(url, sessions)):
        assert time.monotonic() < give_up, f"no session where {condition}"
        time.sleep(0.02)
    pid: int = found[0][0]
    return pid


def configure(url: str, parameter: str, value: str) -> None:
    """Set a parameter for all later connections to the database."""
    names = f'"{name_of(url)}" SET "{parameter}"'
    query(url, f"ALTER DATABASE {names} TO %s", value)


def create_better_auth(url: str, *, users_table: str = "users", id_type: str = "text") -> None:
    """Make the tables that Better Auth makes."""
    query(url, BETTER_AUTH.format(users=f'"{users_table}"', id=id_type))


def sign_up(url: str, user_id: str, *, users_table: str = "users") -> None:
    """Add a user as Better Auth does."""
    statement = f"""
        INSERT INTO "{users_table}" (id, name, email, "emailVerified") VALUES (%s, %s, %s, true)
    """
    query(url, statement, user_id, "Somebody", f"{user_id}@example.com")


@contextmanager
def new_database(server: str, *, template: str) -> Iterator[str]:
    """Make a database for the time of a block, and give its URL."""
    name = f"test_{next(_numbers)}"
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
    _command(server, sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        _command(server, sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


def _command(server: str, statement: sql.Composed) -> None:
    with _administration(server).cursor() as cursor:
        cursor.execute(statement)


@lru_cache(maxsize=1)
def _administration(server: str) -> psycopg2.extensions.connection:
    # Logging in takes a tenth of what making a database takes, so it is done once.
    connection = psycopg2.connect(server)
    connection.autocommit = True
    return connection


def name_of(url: str) -> str:
    """Return the name of the database that a URL leads to."""
    return urlsplit(url).path.removeprefix("/")
