"""What PostgreSQL's catalog says of a table, as `pg_dump` would write it down."""

from collections.abc import Sequence
from contextlib import closing

import psycopg2

from tests.support.database import query

COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
           pg_get_expr(adbin, adrelid), col_description(attrelid, attnum), attacl
      FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
     ORDER BY attnum
"""
CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
     WHERE conrelid = to_regclass(%s) ORDER BY conname
"""
INDEXES = """
    SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = to_regclass(%s) ORDER BY 1
"""
TRIGGERS = """
    SELECT pg_get_triggerdef(oid) FROM pg_trigger
     WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal ORDER BY 1
"""
TABLE = """
    SELECT relname, relkind, relpersistence, relowner, relacl, reloptions, relrowsecurity,
           obj_description(oid, 'pg_class')
      FROM pg_class WHERE oid = to_regclass(%s)
"""
MODELLED = (TABLE, COLUMNS, CONSTRAINTS, INDEXES)
"""What the models describe; the triggers are the migrations' alone."""

EVERYTHING = (*MODELLED, TRIGGERS)


def description_of(url: str, table: str, statements: Sequence[str] = EVERYTHING) -> list[object]:
    """Give everything about the table but its rows; empty lists where there is no such table."""
    return [list(query(url, statement, table)) for statement in statements]


def catalog_of(url: str) -> dict[str, list[object]]:
    """Give the same of every table, on one connection."""
    catalog = {}
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        for table in sorted(tables_of(url)):
            described: list[object] = []
            for statement in EVERYTHING:
                cursor.execute(statement, (table,))
                described.append(cursor.fetchall())
            catalog[table] = described
    return catalog


def tables_of(url: str) -> set[str]:
    """Give the names of all tables, those of other schemas with the schema's."""
    rows = query(
        url,
        """
        SELECT oid::regclass::text FROM pg_class
         WHERE relkind IN ('r', 'p', 'v')
           AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
           AND relnamespace::regnamespace::text NOT LIKE 'pg_toast%%'
        """.replace("%%", "%"),
    )
    return {name for (name,) in rows}
