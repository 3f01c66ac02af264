"""A list is spelt as its tasks are on their own."""

import pytest

from handlers.replies import ok
from persistence.models import Task
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import configure, query

TEXTS = [
    "plain",
    'quotes " and \\ backslashes \\u0041 \\"',
    "".join(map(chr, range(1, 33))) + "\x7f\x80\x9f\xa0",
    "</script>\u2028\u2029\ufeff",
    "日本語 עברית 👩‍👩‍👧 \U0010ffff é",
    "100 % of %s and {} and :name",
]
TIMES = [
    "2026-11-22 09:08:07.123456Z",
    "2026-11-22 09:08:07.120000Z",
    "2026-11-22 09:08:07.000001Z",
    "2026-11-22 09:08:07Z",
    "0001-01-01 00:00:00Z",
    "2026-11-22 23:59:59.999999-14:00",
]


def written(task: Task) -> bytes:
    """Return the JSON of a task, without its envelope."""
    return bytes(ok(task, if_none_match=None).body)[len(b'{"data":') : -len(b"}")]


@pytest.mark.own_database
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_each_task_of_a_list_is_spelt_as_it_is_alone(database_url: str, zone: str) -> None:
    configure(database_url, "timezone", zone)
    database = Database(database_url)
    with database.tasks_of("alice") as tasks:
        for number, (text, time) in enumerate(zip(TEXTS, TIMES, strict=True)):
            added = tasks.add(title=f"{number}", description=None if number % 2 else "")
            change = "UPDATE tasks SET created_at = %s, updated_at = %s, title = %s WHERE id = %s"
            query(database_url, change, time, time, text, added.id)
            if number:
                tasks.toggle(added.id)
    ids = [row[0] for row in query(database_url, "SELECT id FROM tasks ORDER BY created_at DESC")]

    with database.tasks_of("alice") as tasks:
        array = tasks.list().array
        alone = [written(tasks.get(task_id)) for task_id in ids]

    assert array == b"[%b]" % b",".join(alone)
    database.dispose()
