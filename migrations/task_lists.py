"""Counts the tasks of owners who existed before `task_lists`, in batches, during normal operation.

Every run of the migrations does so, because an earlier one may have been interrupted.
"""

from sqlalchemy import Engine, text

BATCH = 1000
"""Owners who are counted in one transaction. Changes of their tasks wait for its end."""

IS_THERE = text("SELECT to_regclass('task_lists') IS NOT NULL")
ID_TYPE = text("""
    SELECT format_type(atttypid, atttypmod) FROM pg_attribute
     WHERE attrelid = 'tasks'::regclass AND attname = 'user_id'
""")
UNCOUNTED = text("""
    SELECT DISTINCT user_id::text FROM tasks
     WHERE NOT EXISTS (SELECT FROM task_lists WHERE task_lists.user_id = tasks.user_id::text)
     UNION SELECT user_id FROM task_lists WHERE tasks IS NULL
     ORDER BY 1
""")

# A change that is not committed yet holds the row of its owner, or waits for it until the count is
# committed. So each change is either seen by the count, or added to it by its own trigger.
HOLD = text("""
    INSERT INTO task_lists (user_id, version)
    SELECT owner, floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint
      FROM unnest(CAST(:owners AS text[])) AS owner
        ON CONFLICT (user_id) DO UPDATE SET version = task_lists.version
""")
COUNT = """
    UPDATE task_lists SET tasks = counted.tasks, bytes = counted.bytes
      FROM (SELECT user_id, count(*) AS tasks,
                   sum(octet_length(title) + coalesce(octet_length(description), 0)) AS bytes
              FROM tasks
             WHERE user_id = ANY (CAST(CAST(:owners AS text[]) AS {id_type}[]))
             GROUP BY user_id) AS counted
     WHERE task_lists.user_id = counted.user_id::text AND task_lists.tasks IS NULL
"""
CLEAR = text("""
    DELETE FROM task_lists WHERE tasks IS NULL AND user_id = ANY (CAST(:owners AS text[]))
""")


def count(engine: Engine) -> None:
    """Count the tasks of all owners who have not been counted. Needs READ COMMITTED."""
    with engine.connect() as connection:
        if not connection.scalar(IS_THERE):
            return
        owners = list(connection.scalars(UNCOUNTED))
        id_type = connection.scalar(ID_TYPE)
    for start in range(0, len(owners), BATCH):
        batch = {"owners": owners[start : start + BATCH]}
        with engine.begin() as connection:
            for statement in (HOLD, text(COUNT.format(id_type=id_type)), CLEAR):
                connection.execute(statement, batch)
