"""A `Database` for tests that have no event loop: it lives in a loop in a thread of its own."""

import asyncio
from collections.abc import Collection, Coroutine, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Thread
from typing import Any, TypeVar

import uvloop

from persistence.database import Database
from persistence.models import Page, Task, TaskList
from persistence.pool import PoolState
from persistence.tasks import TaskRepository, Versions

T = TypeVar("T")


class BlockingDatabase:
    """The same operations as `Database`. Any number of threads may call them at once."""

    def __init__(self, url: str, *, request_timeout: float = 60, **options: Any) -> None:
        self._database = Database(url, request_timeout=request_timeout, **options)
        self._loop = uvloop.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, operation: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the event loop of the database."""
        return asyncio.run_coroutine_threadsafe(operation, self._loop).result()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give each request that is opened in the block so much time."""
        outer, self._database.request_timeout = self._database.request_timeout, seconds
        try:
            yield
        finally:
            self._database.request_timeout = outer

    @contextmanager
    def tasks_of(
        self, owner_id: str, *, email: str | None = None, name: str | None = None
    ) -> Iterator["BlockingTasks"]:
        """Open the tasks of one owner; each operation is a request of its own."""
        yield BlockingTasks(self, lambda: self._database.tasks_of(owner_id, email=email, name=name))

    def ready_age(self, *, ask: bool) -> float:
        """See `Database`."""
        return self.run(self._database.ready_age(ask=ask))

    def revision(self) -> str | None:
        """See `Database`."""
        return self.run(self._database.revision())

    @property
    def pool_state(self) -> PoolState:
        """See `Database`."""
        return self._database.pool_state

    def dispose(self) -> None:
        """Close the connections, and end the event loop."""
        if self._loop.is_closed():
            return
        self.run(self._dispose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _dispose(self) -> None:
        self._database.dispose()


class BlockingTasks:
    """The same operations as `TaskRepository`."""

    def __init__(self, database: BlockingDatabase, opened: Any) -> None:
        self._database = database
        self._opened = opened

    def list(self, *, known: Collection[int] = ()) -> TaskList:
        """See `TaskRepository`."""
        return self._database.run(self._tasks.list(known=known))

    def page(self, page: Page, *, known: Collection[int] = ()) -> TaskList:
        """See `TaskRepository`."""
        return self._database.run(self._tasks.page(page, known=known))

    def get(self, task_id: int) -> Task:
        """See `TaskRepository`."""
        return self._database.run(self._tasks.get(task_id))

    def add(
        self, *, title: str, description: str | None, idempotency_key: str | None = None
    ) -> Task:
        """See `TaskRepository`."""
        added = self._database.run(
            self._tasks.add(title=title, description=description, idempotency_key=idempotency_key)
        )
        return added.task

    def replace(
        self,
        task_id: int,
        *,
        title: str,
        description: str | None,
        versions: Versions = None,
        excluded: Collection[datetime] = (),
    ) -> Task:
        """See `TaskRepository`."""
        return self._database.run(
            self._tasks.replace(
                task_id,
                title=title,
                description=description,
                versions=versions,
                excluded=excluded,
            )
        )

    def toggle(
        self, task_id: int, *, versions: Versions = None, excluded: Collection[datetime] = ()
    ) -> Task:
        """See `TaskRepository`."""
        return self._database.run(self._tasks.toggle(task_id, versions=versions, excluded=excluded))

    def delete(
        self, task_id: int, *, versions: Versions = None, excluded: Collection[datetime] = ()
    ) -> None:
        """See `TaskRepository`."""
        self._database.run(self._tasks.delete(task_id, versions=versions, excluded=excluded))

    @property
    def _tasks(self) -> TaskRepository:
        tasks: TaskRepository = self._opened()
        return tasks
