"""The last change of each list: which task it was, and between which two versions.

A process that has kept the version before the last change needs that task only, and not the whole
list again. The note says: from the version `changed_from` to the version `changed_to`, only
`changed_task` has changed. It is used only if `changed_to` is the version of the row, and
`changed_from` the one that was kept. Several changes in one transaction have versions between them
that are never visible to another, so their note fits no list that was kept. What does not write the
note (an earlier function, a change of the owner) raises the version above `changed_to`.

The columns are empty at first. Adding them waits for the transactions that use the table, and holds
up lists and changes meanwhile; `migrations/env.py` bounds it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

SIZE = "octet_length({0}.title) + coalesce(octet_length({0}.description), 0)"
SECURE = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
NOW = "floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

CHANGE = """,
           changed_from = {0}version, changed_to = greatest({0}version + 1, moment),
           changed_task = {1}its_id"""

# As in 0004, and the note of the change. The row of the owner is locked before the limits are
# checked, so concurrent additions are counted one after the other.
# What was above a limit before may be edited and deleted, but must not grow. A setting that was
# made for an earlier transaction is an empty string.
ADDED_OR_CHANGED = """
CREATE OR REPLACE FUNCTION {schema}.note_task() RETURNS trigger {secure} AS $$
DECLARE
    moment CONSTANT bigint := {now};
    new_bytes CONSTANT bigint := {new_size};
    old_bytes bigint := 0;
    more CONSTANT bigint := CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE 0 END;
    now_tasks bigint;
    now_bytes bigint;
    its_id bigint := NEW.id;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        old_bytes := {old_size};
        IF OLD.id <> NEW.id THEN  -- Only by hand.
            its_id := NULL;
        END IF;
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
           tasks = tasks + more, bytes = bytes + new_bytes - old_bytes{change}
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
    IF more = 1 AND now_tasks > nullif(current_setting('tasks_api.max_tasks', true), '')::bigint
    THEN
        RAISE EXCEPTION 'too many tasks' USING ERRCODE = 'TL001';
    END IF;
    IF new_bytes > old_bytes
       AND now_bytes > nullif(current_setting('tasks_api.max_text', true), '')::bigint
    THEN
        RAISE EXCEPTION 'too much text' USING ERRCODE = 'TL002';
    END IF;
    RETURN NULL;
END
$$
"""
REMOVED = """
CREATE OR REPLACE FUNCTION {schema}.note_removed_tasks() RETURNS trigger {secure} AS $$
DECLARE
    moment CONSTANT bigint := {now};
BEGIN
    UPDATE {schema}.task_lists AS list
       SET version = greatest(list.version + 1, moment),
           tasks = list.tasks - gone.tasks, bytes = list.bytes - gone.bytes{change}
      FROM (SELECT user_id::text AS owner, count(*) AS tasks, sum({removed_size}) AS bytes,
                   CASE count(*) WHEN 1 THEN min(id) END AS its_id
              FROM removed GROUP BY 1) AS gone
     WHERE list.user_id = gone.owner;
    -- Owners who have no row yet: their number of tasks is not known.
    INSERT INTO {schema}.task_lists AS list (user_id, version)
    SELECT DISTINCT user_id::text, moment FROM removed
     WHERE NOT EXISTS (SELECT FROM {schema}.task_lists WHERE user_id = removed.user_id::text)
     ORDER BY 1
        ON CONFLICT (user_id) DO UPDATE
       SET version = greatest(list.version + 1, moment), tasks = NULL, bytes = NULL;
    DELETE FROM {schema}.task_lists AS list
     USING (SELECT DISTINCT user_id FROM removed) AS gone
     WHERE list.user_id = gone.user_id::text AND coalesce(list.tasks, 0) <= 0
       AND NOT EXISTS (SELECT FROM {schema}.tasks WHERE user_id = gone.user_id);
    RETURN NULL;
END
$$
"""
SCHEMA = """
    SELECT quote_ident(nspname)
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE pg_class.oid = 'tasks'::regclass
"""


def upgrade() -> None:
    """Have the triggers write the note, and add the columns for it."""
    _replace(CHANGE)  # First, for it takes no lock on a table.
    op.execute(
        "ALTER TABLE task_lists ADD COLUMN changed_from bigint, ADD COLUMN changed_to bigint,"
        " ADD COLUMN changed_task bigint"
    )


def downgrade() -> None:
    """Write no note any more."""
    _replace("")
    op.execute(
        "ALTER TABLE task_lists DROP COLUMN changed_task, DROP COLUMN changed_to,"
        " DROP COLUMN changed_from"
    )


def _replace(change: str) -> None:
    names = {
        "schema": op.get_bind().execute(sa.text(SCHEMA)).scalar_one(),
        "secure": SECURE,
        "now": NOW,
        "new_size": SIZE.format("NEW"),
        "old_size": SIZE.format("OLD"),
        "removed_size": SIZE.format("removed"),
    }
    op.execute(ADDED_OR_CHANGED.format(change=change.format("", ""), **names))
    op.execute(REMOVED.format(change=change.format("list.", "gone."), **names))
