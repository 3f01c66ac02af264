"""Tags are read without fail, whatever the contract lets through, and mean one version each."""

from datetime import UTC, datetime, timedelta

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handlers.entity_tags import is_among, list_versions, tag_of_list, tag_of_task, versions
from persistence.models import Task, TaskList
from tests.support.api import CONTRACT

document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
(PATTERN,) = {
    document["components"]["schemas"][name]["pattern"] for name in ("IfMatch", "IfNoneMatch")
}
NOW = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)

times = st.datetimes(max_value=datetime(9998, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
lists = st.from_regex(PATTERN.removesuffix("$") + r"\Z")


def task_of(version: datetime) -> Task:
    return Task(
        id=42,
        user_id="ann",
        title="Buy milk",
        description=None,
        completed=False,
        created_at=NOW,
        updated_at=version,
    )


@given(version=times)
def test_a_tag_stands_for_one_version(version: datetime) -> None:
    tag = tag_of_task(task_of(version))

    assert versions(tag) == {version}
    assert tag_of_task(task_of(version + timedelta(microseconds=1))) != tag


@pytest.mark.parametrize("microsecond", [0, 1, 100_000, 999_999])
def test_a_tag_has_the_version_as_the_body_spells_it(microsecond: int) -> None:
    fraction = f".{microsecond:06}" if microsecond else ""

    tag = tag_of_task(task_of(NOW.replace(microsecond=microsecond)))

    assert tag == f'"2026-01-31T09:30:00{fraction}Z"'


@given(sent=lists)
def test_every_list_of_the_contract_can_be_read(sent: str) -> None:
    allowed = versions(sent)

    assert (allowed is None) == (sent == "*")
    assert is_among('"never sent"', sent) == (sent == "*")


@given(version=times, before=lists, after=lists)
def test_a_tag_is_found_among_whatever_else_is_sent(
    version: datetime, before: str, after: str
) -> None:
    tag = tag_of_task(task_of(version))
    sent = f"{before.replace('*', '')},{tag},{after.replace('*', '')}"

    assert version in (versions(sent) or ())
    assert is_among(tag, sent)


def test_a_weak_tag_allows_no_change_and_still_spares_an_answer() -> None:
    tag = tag_of_task(task_of(NOW))

    assert versions(f"W/{tag}") == set()
    assert is_among(tag, f"W/{tag}")


def test_without_the_header_every_version_will_do_and_none_is_known() -> None:
    assert versions(None) is None
    assert not is_among(tag_of_task(task_of(NOW)), None)


def test_the_tag_of_a_list_has_its_version_which_is_that_of_no_task() -> None:
    tag = tag_of_list(TaskList(42, b"[]"))

    assert list_versions(f'W/{tag}, "7", {tag_of_task(task_of(NOW))}') == {42}
    assert versions(tag) == set()


def test_without_a_version_the_tag_of_a_list_is_the_same_everywhere() -> None:
    tag = tag_of_list(TaskList(None, b"[{}]"))

    assert tag == tag_of_list(TaskList(None, b"[{}]"))
    assert tag != tag_of_list(TaskList(None, b"[]"))
    assert list_versions(tag) == set()


@pytest.mark.parametrize("sent", [None, "*", '"2.01"', '"2.-1"', '"1.5"', '"2.' + "9" * 19 + '"'])
def test_what_is_no_version_of_a_list_is_not_known(sent: str | None) -> None:
    assert list_versions(sent) == set()
