"""What a task may hold, and what it is told that may not."""

import pytest

from tests.support.api import Api, violations_of


@pytest.mark.requirement("FR-017", "EC-04")
@pytest.mark.parametrize(("length", "status"), [(500, 201), (501, 422)])
def test_a_title_has_at_most_500_characters(api: Api, length: int, status: int) -> None:
    response = api.create(title="😀" * length)

    assert response.status_code == status
    if status == 422:
        assert violations_of(response) == [("title", "Title must be 500 characters or less")]


@pytest.mark.parametrize(("length", "status"), [(65536, 201), (65537, 422)])
def test_a_description_has_at_most_65536_characters(api: Api, length: int, status: int) -> None:
    assert api.create(title="Long", description="é" * length).status_code == status


@pytest.mark.requirement("FR-017")
@pytest.mark.parametrize(
    "body",
    [{}, {"title": None}, {"title": ""}, {"title": " \t\u00a0\u3000\ufeff"}],
    ids=["absent", "null", "empty", "blank"],
)
def test_a_missing_title_is_required(api: Api, body: dict[str, object]) -> None:
    assert violations_of(api.create(**body)) == [("title", "Title is required")]


@pytest.mark.requirement("FR-018")
@pytest.mark.parametrize("description", [None, "", "Two litres"])
def test_a_description_is_optional(api: Api, description: str | None) -> None:
    assert api.created(description=description)["description"] == description


@pytest.mark.requirement("FR-008", "FR-037", "FR-045")
def test_every_violation_is_listed(api: Api) -> None:
    response = api.request(
        "PUT", "/api/tasks/0?owner=me", json={"description": 5, "completed": True}
    )

    assert sorted(violations_of(response)) == [
        ("completed", "Unknown property"),
        ("description", "Description must be text or null"),
        ("id", "Id must be an integer from 1 to 9223372036854775807"),
        ("owner", "Unknown query parameter"),
        ("title", "Title is required"),
    ]


@pytest.mark.requirement("EC-07")
@pytest.mark.parametrize("task_id", ["abc", "0", "-1", "9223372036854775808", "1.0", "1e3"])
def test_an_id_that_is_none_is_not_valid(api: Api, task_id: str) -> None:
    message = "Id must be an integer from 1 to 9223372036854775807"

    assert violations_of(api.get(task_id)) == [("id", message)]
