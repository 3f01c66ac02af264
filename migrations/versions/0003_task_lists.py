"""One row for each owner of tasks: the version of the list, the number of its tasks, their bytes.

Triggers maintain it, so the changes of every program are counted, those of an earlier version of
the service included. Creating the triggers takes a lock, for which writes wait a moment. The tasks
of existing owners are counted after that, in batches, while they may be changed
(`migrations/task_lists.py`). Until then `tasks` and `bytes` are null, and an owner may have no row.

The owner is text for every type of the users' id, and has no foreign key: the row is deleted with
the owner's last task.
"""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0003"
down_revision = "0002"

# The bytes of a task's text. They are known without reading what is stored out of line.
SIZE = "octet_length({0}.title) + coalesce(octet_length({0}.description), 0)"

# These run for every role that changes tasks or deletes users, and with the search path of that
# role. So they have the rights of the role that migrates, and every name has its schema.
SECURE = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"

# A version is a time in microseconds, or later than that. A sequence would repeat its numbers after
# a downgrade, or when the database is restored.
NOW = "floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

# A trigger for each row costs half as much as one for each statement, but its time grows with the
# square of the rows that one statement changes for one owner: 0.6 s for 10,000. The deletion of a
# user is such a statement, so deletions have a trigger for each statement.
#
# An owner without a row who has a task with a smaller id has not been counted yet. Comparing ids
# lets an INSERT of several rows count each of them once.
ADDED_OR_CHANGED = """
CREATE FUNCTION note_task() RETURNS trigger {secure} AS $$
DECLARE
    moment CONSTANT bigint := {now};
    new_bytes CONSTANT bigint := {new_size};
    old_bytes bigint := 0;
    more CONSTANT bigint := CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE 0 END;
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
     WHERE user_id = NEW.user_id::text;
    IF NOT FOUND THEN
        INSERT INTO {schema}.task_lists AS list (user_id, version, tasks, bytes)
        SELECT NEW.user_id::text, {now},
               CASE WHEN is_first THEN 1 END, CASE WHEN is_first THEN new_bytes END
          FROM (SELECT more = 1 AND NOT EXISTS (
                    SELECT FROM {schema}.tasks WHERE user_id = NEW.user_id AND id < NEW.id
                )) AS it (is_first)
            ON CONFLICT (user_id) DO UPDATE
           SET version = greatest(list.version + 1, moment), tasks = list.tasks + more,
               bytes = list.bytes + new_bytes - old_bytes;
    END IF;
    RETURN NULL;
END
$$
"""
REMOVED = """
CREATE FUNCTION note_removed_tasks() RETURNS trigger {secure} AS $$
DECLARE
    moment CONSTANT bigint := {now};
BEGIN
    UPDATE {schema}.task_lists AS list
       SET version = greatest(list.version + 1, moment),
           tasks = list.tasks - gone.tasks, bytes = list.bytes - gone.bytes
      FROM (SELECT user_id::text AS owner, count(*) AS tasks, sum({removed_size}) AS bytes
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
TRUNCATED = """
CREATE FUNCTION forget_task_lists() RETURNS trigger {secure} AS $$
BEGIN
    DELETE FROM {schema}.task_lists;
    RETURN NULL;
END
$$
"""
FUNCTIONS = {
    "note_task": ADDED_OR_CHANGED,
    "note_removed_tasks": REMOVED,
    "forget_task_lists": TRUNCATED,
}
TRIGGERS = {
    "note_task": "AFTER INSERT OR UPDATE ON tasks FOR EACH ROW",
    "note_removed_tasks": (
        "AFTER DELETE ON tasks REFERENCING OLD TABLE AS removed FOR EACH STATEMENT"
    ),
    "forget_task_lists": "AFTER TRUNCATE ON tasks FOR EACH STATEMENT",
}

# Every role that may read tasks may read the versions of the lists.
GRANTS = """
DO $$
DECLARE
    reader text;
BEGIN
    FOR reader IN
        SELECT DISTINCT coalesce(quote_ident(rolname), 'PUBLIC')
          FROM pg_class
         CROSS JOIN aclexplode(coalesce(relacl, acldefault('r', relowner))) AS granted
          LEFT JOIN pg_roles ON pg_roles.oid = granted.grantee
         WHERE pg_class.oid = '{schema}.tasks'::regclass AND privilege_type = 'SELECT'
           AND rolname IS DISTINCT FROM current_user
    LOOP
        EXECUTE format('GRANT SELECT ON task_lists TO %s', reader);
    END LOOP;
END
$$
"""
SCHEMAS = """
    SELECT quote_ident(nspname), quote_ident(current_schema())
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE pg_class.oid = 'tasks'::regclass
"""


def upgrade() -> None:
    """Create the table and its triggers."""
    schema, current = op.get_bind().execute(sa.text(SCHEMAS)).one()
    if schema != current:
        message = f"the tasks are in the schema {schema}, but new tables would be in {current}"
        raise CommandError(message)
    names = {
        "schema": schema,
        "secure": SECURE,
        "now": NOW,
        "new_size": SIZE.format("NEW"),
        "old_size": SIZE.format("OLD"),
        "removed_size": SIZE.format("removed"),
    }
    op.create_table(
        "task_lists",
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("tasks", sa.BigInteger),
        sa.Column("bytes", sa.BigInteger),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_task_lists")),
        postgresql_with={"fillfactor": "50"},
    )
    op.execute(GRANTS.format(**names))
    for name, body in FUNCTIONS.items():
        op.execute(body.format(**names))
        op.execute(f"CREATE TRIGGER {name} {TRIGGERS[name]} EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Drop all of it. Nothing is lost that could not be counted again."""
    for name in FUNCTIONS:
        op.execute(f"DROP TRIGGER {name} ON tasks")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("task_lists")
