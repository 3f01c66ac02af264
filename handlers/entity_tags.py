"""Entity tags: the version of a task or of a list (RFC 9110, section 8.8.3)."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256

import orjson

from persistence.errors import ListChanged
from persistence.models import Task, TaskList

# The contract has validated the list, so whatever is in quotes is a tag.
_TAG = re.compile(r'(W/)?("[^"]*")')
_ANY = "*"

_LIST_FORMAT = 2
"""Has to change when the same tasks are written in another way."""

_LIST_TAG = re.compile(rf'"{_LIST_FORMAT}\.(0|[1-9][0-9]{{0,17}})"')


def tag_of_task(task: Task) -> str:
    """Return the tag of a task: its `updated_at` in quotes, as `persistence.statements` does."""
    return _tag_of_version(task.updated_at)


def tag_of_list(tasks: TaskList) -> str:
    """Return the tag of a list: its version, or 128 bits of a hash if it has none."""
    if tasks.version is None:
        written = b"".join((tasks.array or b"", *tasks.more))
        return f'"{sha256(written).hexdigest()[:32]}"'
    return f'"{_LIST_FORMAT}.{tasks.version}"'


def list_versions(if_none_match: str | None) -> Collection[int]:
    """Return the versions of a list that `If-None-Match` names, by weak comparison."""
    return {int(version) for version in _LIST_TAG.findall(if_none_match or "")}


def versions(if_match: str | None) -> Collection[datetime] | None:
    """Return the versions that `If-Match` allows, None for any.

    The comparison is the strong one (RFC 9110, section 13.1.1), so a weak tag allows none; neither
    does a tag that this service never sent.
    """
    if if_match is None or if_match == _ANY:
        return None
    strong = [tag for weak, tag in _TAG.findall(if_match) if not weak]
    return {version for tag in strong if (version := _version_of_tag(tag)) is not None}


def excluded_versions(if_none_match: str | None) -> Collection[datetime] | None:
    """Return the versions that `If-None-Match` excludes, None for all, by weak comparison."""
    if if_none_match == _ANY:
        return None
    sent = (_version_of_tag(tag) for _, tag in _TAG.findall(if_none_match or ""))
    return {version for version in sent if version is not None}


def require_list(tag: str, if_match: str | None) -> None:
    """Raise ListChanged unless `If-Match` allows the tag of a list, by strong comparison."""
    if if_match is None or if_match == _ANY:
        return
    if not any(tag == sent for weak, sent in _TAG.findall(if_match) if not weak):
        raise ListChanged


def is_among(tag: str, if_none_match: str | None) -> bool:
    """Return whether `If-None-Match` has the tag, by weak comparison (RFC 9110, section 13.1.2)."""
    if if_none_match is None:
        return False
    return if_none_match == _ANY or any(tag == sent for _, sent in _TAG.findall(if_none_match))


def _tag_of_version(version: datetime) -> str:
    return orjson.dumps(version, option=orjson.OPT_UTC_Z).decode()


def _version_of_tag(tag: str) -> datetime | None:
    try:
        version = datetime.fromisoformat(tag.strip('"'))
    except ValueError:
        return None
    # The same time in another notation is another tag.
    return version if version.tzinfo is UTC and _tag_of_version(version) == tag else None
