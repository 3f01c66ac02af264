"""A list in pages: every task once, in its order, whatever changes meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
import pytest

from persistence.errors import OwnerNotFound
from persistence.models import Page, Task, TaskList
from persistence.tasks import TaskRepository
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query

AddTask = Callable[..., Task]

FILL = """
    INSERT INTO users (id) VALUES ('alice'), ('bob');
    INSERT INTO tasks (user_id, title, completed, created_at, updated_at)
    SELECT CASE WHEN n % 2 = 0 THEN 'alice' ELSE 'bob' END, 'Task ' || n, n % 10 = 0, made, made
      FROM generate_series(1, 100) AS n,
           LATERAL (SELECT timestamptz '2026-01-01' + n / 7 * interval '1 us' AS made) AS moment;
"""


def page_of(database: Database, page: Page, **how: Any) -> TaskList:
    with database.tasks_of("alice") as tasks:
        return tasks.page(page, **how)


def ids_in(tasks: TaskList) -> list[int]:
    return [task["id"] for task in orjson.loads(b"".join((tasks.array or b"[]", *tasks.more)))]


def ids_in_all(pages: Iterable[TaskList]) -> list[int]:
    return [task_id for page in pages for task_id in ids_in(page)]


def pages_of(database: Database, limit: int, **which: Any) -> Iterator[TaskList]:
    page = page_of(database, Page(limit, **which))
    yield page
    while page.next is not None:
        page = page_of(database, Page(limit, page.next, **which))
        yield page


@pytest.mark.parametrize("limit", [1, 2, 7, 49, 50, 51, 1000])
def test_the_pages_are_the_list(database: Database, database_url: str, limit: int) -> None:
    query(database_url, FILL)

    pages = list(pages_of(database, limit))

    with database.tasks_of("alice") as tasks:
        assert ids_in_all(pages) == ids_in(tasks.list())
    assert [len(ids_in(page)) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert len(pages) == -(-50 // limit)


@pytest.mark.parametrize("completed", [True, False])
def test_a_page_is_narrowed_to_tasks_that_are_completed_or_not(
    database: Database, database_url: str, *, completed: bool
) -> None:
    query(database_url, FILL)
    which = "SELECT id FROM tasks WHERE user_id = 'alice' AND completed = %s"

    shown = ids_in_all(pages_of(database, 3, completed=completed))
    whole = page_of(database, Page(completed=completed))

    assert set(shown) == {task_id for (task_id,) in query(database_url, which, completed)}
    assert ids_in(whole) == shown
    assert whole.next is None


def test_what_changes_meanwhile_moves_no_task_to_another_page(
    database: Database, database_url: str, add_task: AddTask
) -> None:
    tasks = [add_task(title=str(number)) for number in range(6)][::-1]

    first = page_of(database, Page(2))
    add_task(title="newer")
    query(database_url, "DELETE FROM tasks WHERE id = %s", tasks[1].id)  # The last one shown.
    second = page_of(database, Page(2, first.next))

    assert ids_in(first) == [task.id for task in tasks[:2]]
    assert ids_in(second) == [task.id for task in tasks[2:4]]


def test_a_page_ends_where_its_text_has_half_a_mebibyte(
    database: Database, add_task: AddTask
) -> None:
    for _ in range(40):
        add_task(description="x" * 65_536)

    pages = list(pages_of(database, 30))

    assert [len(ids_in(page)) for page in pages] == [8] * 5
    assert len(set(ids_in_all(pages))) == 40


def test_a_large_list_is_whole_and_in_order(database: Database, add_task: AddTask) -> None:
    added = [add_task(description="x" * 65_536).id for _ in range(40)]

    with database.tasks_of("alice") as tasks:
        listed = tasks.list()
        again = tasks.list(known=[listed.version or 0])

    assert ids_in(listed) == added[::-1]
    assert listed.next is None
    assert again == TaskList(listed.version, None)


@pytest.mark.parametrize("changes", [1, 2, 1000])
def test_the_pieces_of_a_large_list_are_of_one_version(
    database: Database, database_url: str, add_task: AddTask, changes: int
) -> None:
    added = {add_task(description="x" * 65_536).id for _ in range(40)}
    read_page = TaskRepository.page
    left = changes

    async def page(tasks: TaskRepository, which: Page, **how: Any) -> TaskList:
        nonlocal left
        if which.after is not None and left:  # Between two pieces, the newest task is deleted.
            left -= 1
            added.remove(max(added))
            query(database_url, "DELETE FROM tasks WHERE id = (SELECT max(id) FROM tasks)")
        return await read_page(tasks, which, **how)

    with pytest.MonkeyPatch.context() as patch, database.tasks_of("alice") as tasks:
        patch.setattr(TaskRepository, "page", page)
        listed = tasks.list()

    assert ids_in(listed) == sorted(added, reverse=True)


def test_a_page_of_a_list_that_has_not_changed_is_not_written_again(
    database: Database, add_task: AddTask
) -> None:
    add_task()
    first = page_of(database, Page(1))

    known = page_of(database, Page(1), known=[first.version or 0])
    add_task()

    assert known == TaskList(first.version, None)
    assert page_of(database, Page(1), known=[first.version or 0]).array is not None


def test_without_tasks_a_page_is_empty_and_without_an_owner_there_is_none(
    database: Database, database_url: str
) -> None:
    assert page_of(database, Page(10)).array == b"[]"

    required = Database(database_url, user_provisioning="require")
    with pytest.raises(OwnerNotFound):
        page_of(required, Page(10))
    required.dispose()
