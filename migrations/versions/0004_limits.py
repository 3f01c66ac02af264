"""Limits for what one user may keep, checked where it is counted: in the trigger of `task_lists`.

The service states its limits in every session, as `tasks_api.max_tasks` and `tasks_api.max_text`.
What other programs write is counted and not limited. Replacing the function takes no lock on a
table.

The index on `completed` goes: PostgreSQL finds the tasks of one user, in their order, by the other
one, and at most 10,000 of them have to be looked at. Without it, flipping a task changes no index,
so that most changes stay on their page (heap-only tuples), for which each new page keeps room.
Dropping it waits for the statements that use the table, and holds up others for a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SIZE = "octet_length({0}.title) + coalesce(octet_length({0}.description), 0)"
SECURE = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
NOW = "floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

# The row of the owner is locked by now, so concurrent additions are counted one after the other.
# What was above a limit before may be edited and deleted, but must not grow. A setting that was
# made for an earlier transaction is an empty string.
LIMITS = """
    IF more = 1 AND now_tasks > nullif(current_setting('tasks_api.max_tasks', true), '')::bigint
    THEN
        RAISE EXCEPTION 'too many tasks' USING ERRCODE = 'TL001';
    END IF;
    IF new_bytes > old_bytes
       AND now_bytes > nullif(current_setting('tasks_api.max_text', true), '')::bigint
    THEN
        RAISE EXCEPTION 'too much text' USING ERRCODE = 'TL002';
    END IF;
"""
ADDED_OR_CHANGED = """
CREATE OR REPLACE FUNCTION {schema}.note_task() RETURNS trigger {secure} AS $$
DECLARE
    moment CONSTANT bigint := {now};
    new_bytes CONSTANT bigint := {new_size};
    old_bytes bigint := 0;
    more CONSTANT bigint := CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE 0 END;
    now_tasks bigint;
    now_bytes bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        old_bytes := {old_size};
        IF OLD.user_id <> NEW.user_id THEN  -- Only by hand: count both owners again.
            INSERT INTO {schema}.task_lists AS list (user_id, version)
            SELECT owner, moment
              FROM unnest(ARRAY[OLD.user_id::text, NEW.user_id::text]) AS owner ORDER BY 1
                ON CONFLICT (user_id) DO UPDATE
               SET version = greatest(list.version + 1, moment), tasks = NULL, bytes = NULL;
            RETURN NULL;
        END IF;
    END IF;
    UPDATE {schema}.task_lists
       SET version = greatest(version + 1, moment),
           tasks = tasks + more, bytes = bytes + new_bytes - old_bytes
     WHERE user_id = NEW.user_id::text
    RETURNING tasks, bytes INTO now_tasks, now_bytes;
    IF NOT FOUND THEN
        INSERT INTO {schema}.task_lists AS list (user_id, version, tasks, bytes)
        SELECT NEW.user_id::text, {now},
               CASE WHEN is_first THEN 1 END, CASE WHEN is_first THEN new_bytes END
          FROM (SELECT more = 1 AND NOT EXISTS (
                    SELECT FROM {schema}.tasks WHERE user_id = NEW.user_id AND id < NEW.id
                )) AS it (is_first)
            ON CONFLICT (user_id) DO UPDATE
           SET version = greatest(list.version + 1, moment), tasks = list.tasks + more,
               bytes = list.bytes + new_bytes - old_bytes
        RETURNING list.tasks, list.bytes INTO now_tasks, now_bytes;
    END IF;
    {limits}
    RETURN NULL;
END
$$
"""
# `migrations/env.py` bounds how long it waits for the lock, which it needs for a moment only.
DROP_INDEX = """
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX ix_tasks_completed
"""
SCHEMA = """
    SELECT quote_ident(nspname)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE pg_class.oid = 'tasks'::regclass
"""


def upgrade() -> None:
    """Replace the function, drop an index, and keep room in new pages."""
    _replace(LIMITS)
    op.execute(DROP_INDEX)
    op.execute("ALTER TABLE tasks SET (fillfactor = 90)")


def downgrade() -> None:
    """Count without limits. Creating the index again holds up writes meanwhile."""
    op.execute("ALTER TABLE tasks RESET (fillfactor)")
    op.create_index("ix_tasks_completed", "tasks", ["user_id", "completed"])
    _replace("")


def _replace(limits: str) -> None:
    schema = op.get_bind().execute(sa.text(SCHEMA)).scalar_one()
    op.execute(
        ADDED_OR_CHANGED.format(
            schema=schema,
            secure=SECURE,
            now=NOW,
            new_size=SIZE.format("NEW"),
            old_size=SIZE.format("OLD"),
            limits=limits,
        )
    )
