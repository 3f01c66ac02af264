"""Entity tags: which version of a task or of a list a client has (RFC 9110, section 8.8.3)."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from hashlib import sha256

import orjson

from persistence.models import Task

# The contract has settled that it is a list, so whatever stands in quotes is a tag.
_TAG = re.compile(r'(W/)?("[^"]*")')
_ANY = "*"


def tag_of_task(task: Task) -> str:
    """Give the tag of a task: its `updated_at` in quotes, as its JSON has it."""
    return _tag_of_version(task.updated_at)


def tag_of_list(body: bytes) -> str:
    """Give the tag of a list, 128 bits of the hash of what is sent: the same everywhere."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def versions(if_match: str | None) -> Collection[datetime] | None:
    """Give the versions that `If-Match` allows, None where any will do.

    A weak tag is none, for the comparison is the strong one (RFC 9110, section 13.1.1), and
    neither is a tag that this service never gave.
    """
    if if_match is None or if_match == _ANY:
        return None
    strong = [tag for weak, tag in _TAG.findall(if_match) if not weak]
    return {version for tag in strong if (version := _version_of_tag(tag)) is not None}


def is_among(tag: str, if_none_match: str | None) -> bool:
    """Tell whether `If-None-Match` names the tag, by weak comparison (RFC 9110, section 13.1.2)."""
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
    # The same moment in another spelling is another tag.
    return version if version.tzinfo is UTC and _tag_of_version(version) == tag else None
