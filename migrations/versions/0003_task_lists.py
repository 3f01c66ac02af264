"""One row for each owner of tasks: the version of the list, the number of its tasks, their bytes.

Triggers keep it, so every program that changes tasks does, an earlier version of the service too.
The lock that they need lets nobody write for a moment. Owners from before are counted afterwards,
in batches, beside the traffic (`migrations/task_lists.py`). Until then `tasks` and `bytes` are
null, and an owner may have no row.

The owner is text, whatever the type of the users' id, and has no foreign key: the row goes with the
owner's last task.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# The bytes of a task's text. They are known without reading what is stored out of line.
SIZE = "octet_length({0}.title) + coalesce(octet_length({0}.description), 0)"

# Whoever changes tasks runs these, with whatever search path: so the names have their schema.
#
# One row at a time costs half as much as a statement at a time, but it takes time by the square of
# the rows that one statement changes for one owner: 0.6 s for 10,000. Only the deletion of a user
# is such a statement.
#
# Whether an owner without a row has been counted is told by tasks with a smaller id, so that an
# INSERT of several rows counts each of them once.
ADDED_OR_CHANGED = """
CREATE FUNCTION {schema}.note_task() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    new_bytes CONSTANT bigint := {new_size};
    old_bytes bigint := 0;
    more CONSTANT bigint := CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE 0 END;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        old_bytes := {old_size};
        IF OLD.user_id <> NEW.user_id THEN  -- By hand only: both owners are counted again.
            INSERT INTO {schema}.task_lists AS list (user_id, version)
            SELECT owner, nextval('{schema}.task_list_versions')
              FROM unnest(ARRAY[OLD.user_id::text, NEW.user_id::text]) AS owner ORDER BY 1
                ON CONFLICT (user_id) DO UPDATE
               SET version = excluded.version, tasks = NULL, bytes = NULL;
            RETURN NULL;
        END IF;
    END IF;
    UPDATE {schema}.task_lists
       SET version = nextval('{schema}.task_list_versions'),
           tasks = tasks + more, bytes = bytes + new_bytes - old_bytes
     WHERE user_id = NEW.user_id::text;
    IF NOT FOUND THEN
        INSERT INTO {schema}.task_lists (user_id, version, tasks, bytes)
        SELECT NEW.user_id::text, nextval('{schema}.task_list_versions'),
               CASE WHEN is_first THEN 1 END, CASE WHEN is_first THEN new_bytes END
          FROM (SELECT more = 1 AND NOT EXISTS (
                    SELECT FROM {schema}.tasks WHERE user_id = NEW.user_id AND id < NEW.id
                )) AS it (is_first)
            ON CONFLICT (user_id) DO UPDATE
           SET version = excluded.version, tasks = task_lists.tasks + more,
               bytes = task_lists.bytes + new_bytes - old_bytes;
    END IF;
    RETURN NULL;
END
$$
"""
REMOVED = """
CREATE FUNCTION {schema}.note_removed_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO {schema}.task_lists AS list (user_id, version)
    SELECT user_id::text, nextval('{schema}.task_list_versions')
      FROM removed GROUP BY 1 ORDER BY 1
        ON CONFLICT (user_id) DO UPDATE
       SET version = excluded.version,
           tasks = list.tasks - (
               SELECT count(*) FROM removed WHERE user_id::text = list.user_id),
           bytes = list.bytes - (
               SELECT sum({removed_size}) FROM removed WHERE user_id::text = list.user_id);
    DELETE FROM {schema}.task_lists
     WHERE tasks = 0 AND user_id IN (SELECT user_id::text FROM removed);
    RETURN NULL;
END
$$
"""
TRUNCATED = """
CREATE FUNCTION {schema}.forget_task_lists() RETURNS trigger LANGUAGE plpgsql AS $$
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

# Whoever may change tasks, may change what their triggers change.
GRANTS = """
DO $$
DECLARE
    entitled record;
BEGIN
    FOR entitled IN
        SELECT coalesce(quote_ident(rolname), 'PUBLIC') AS grantee,
               bool_or(privilege_type <> 'SELECT') AS may_write
          FROM pg_class CROSS JOIN aclexplode(relacl) AS granted
          LEFT JOIN pg_roles ON pg_roles.oid = granted.grantee
         WHERE pg_class.oid = '{schema}.tasks'::regclass AND granted.grantee <> relowner
           AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
         GROUP BY 1
    LOOP
        EXECUTE format('GRANT SELECT ON {schema}.task_lists TO %s', entitled.grantee);
        IF entitled.may_write THEN
            EXECUTE format('GRANT INSERT, UPDATE, DELETE ON {schema}.task_lists TO %s',
                           entitled.grantee);
            EXECUTE format('GRANT USAGE ON SEQUENCE {schema}.task_list_versions TO %s',
                           entitled.grantee);
        END IF;
    END LOOP;
END
$$
"""
SCHEMA_OF_TASKS = """
    SELECT quote_ident(nspname) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE pg_class.oid = 'tasks'::regclass
"""


def upgrade() -> None:
    """Create the table and its triggers."""
    names = {
        "schema": op.get_bind().scalar(sa.text(SCHEMA_OF_TASKS)),
        "new_size": SIZE.format("NEW"),
        "old_size": SIZE.format("OLD"),
        "removed_size": SIZE.format("removed"),
    }
    op.execute("CREATE SEQUENCE task_list_versions")
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
    op.execute("DROP SEQUENCE task_list_versions")
