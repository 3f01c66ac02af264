"""The six operations on tasks.

Each opens the tasks of the user, asks, and replies with what has been committed.
`user` is the user id that the token proved. `tasks_api.app` binds `database`, and `prefix`, the
beginning of every path that an answer names.
"""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from starlette.responses import Response

from handlers.entity_tags import excluded_versions, list_versions, versions
from handlers.idempotency import key_of
from handlers.pages import requested
from handlers.replies import created, no_content, ok, ok_changed, ok_list, ok_page
from persistence.database import Database
from persistence.turns import IsWanted

Claims = Mapping[str, str | None]
Header = str | None
"""None if it was not sent."""


class TaskInput(TypedDict):
    """`TaskInput` of the contract, validated."""

    title: str
    description: NotRequired[str | None]


async def list_tasks(  # noqa: PLR0913 -- each is a parameter of the contract.
    *,
    user: str,
    if_match: Header,
    if_none_match: Header,
    limit: int | None,
    after: str | None,
    completed: bool | None,
    is_wanted: IsWanted,
    database: Database,
    prefix: str,
) -> Response:
    """Reply with the tasks of the user, newest first: all of them, or a page."""
    tasks, known = database.tasks_of(user, is_wanted=is_wanted), list_versions(if_none_match)
    page = requested(limit=limit, after=after, completed=completed)
    if page is None:
        found = await tasks.list(known=known)
        return ok_list(found, if_match=if_match, if_none_match=if_none_match)
    found = await tasks.page(page, known=known)
    return ok_page(found, page, prefix, if_match=if_match, if_none_match=if_none_match)


async def create_task(  # noqa: PLR0913 -- each is a parameter of the contract, or bound.
    *,
    body: TaskInput,
    user: str,
    token_info: Claims,
    idempotency_key: Header,
    database: Database,
    prefix: str,
) -> Response:
    """Add a task, and the user's row if that is this service's task."""
    title, description = body["title"], body.get("description")
    tasks = database.tasks_of(user, email=token_info["email"], name=token_info["name"])
    key = key_of(idempotency_key)
    added = await tasks.add(title=title, description=description, idempotency_key=key)
    return created(added, prefix)


async def get_task(  # noqa: PLR0913 -- each is a parameter of the contract.
    *,
    id: int,
    user: str,
    if_match: Header,
    if_none_match: Header,
    is_wanted: IsWanted,
    database: Database,
) -> Response:
    """Reply with one task."""
    tasks = database.tasks_of(user, is_wanted=is_wanted)
    task = await tasks.get(id, versions=versions(if_match))
    return ok(task, if_none_match=if_none_match)


async def update_task(  # noqa: PLR0913 -- each is a parameter of the contract.
    *,
    id: int,
    body: TaskInput,
    user: str,
    if_match: Header,
    if_none_match: Header,
    database: Database,
    prefix: str,
) -> Response:
    """Replace title and description."""
    task = await database.tasks_of(user).replace(
        id,
        title=body["title"],
        description=body.get("description"),
        versions=versions(if_match),
        excluded=excluded_versions(if_none_match),
    )
    return ok_changed(task, prefix)


async def delete_task(
    *, id: int, user: str, if_match: Header, if_none_match: Header, database: Database
) -> Response:
    """Delete a task for good."""
    allowed, excluded = versions(if_match), excluded_versions(if_none_match)
    await database.tasks_of(user).delete(id, versions=allowed, excluded=excluded)
    return no_content()


async def toggle_task(  # noqa: PLR0913 -- each is a parameter of the contract, or bound.
    *,
    id: int,
    user: str,
    if_match: Header,
    if_none_match: Header,
    database: Database,
    prefix: str,
) -> Response:
    """Flip a task between completed and not completed."""
    allowed, excluded = versions(if_match), excluded_versions(if_none_match)
    task = await database.tasks_of(user).toggle(id, versions=allowed, excluded=excluded)
    return ok_changed(task, prefix)
