"""Whatever text the contract accepts comes back unchanged."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.api import Api, schema

BLANK = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
characters = st.characters(codec="utf-8", exclude_characters="\0")
titles = st.text(characters, min_size=1, max_size=500).filter(lambda text: text.strip(BLANK))
descriptions = st.none() | st.text(characters, max_size=2000)
bounded = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@bounded
@given(title=titles, description=descriptions)
def test_every_text_comes_back_unchanged(api: Api, title: str, description: str | None) -> None:
    created = api.create(title=title, description=description)

    assert created.status_code == 201
    task = created.json()["data"]
    assert (task["title"], task["description"]) == (title, description)
    assert api.get(task["id"]).json()["data"] == task
    assert api.list().json()["data"][0] == task


@bounded
@given(title=titles, description=descriptions)
def test_every_text_survives_an_update(api: Api, title: str, description: str | None) -> None:
    task_id = api.created()["id"]

    updated = api.update(task_id, title=title, description=description).json()["data"]

    assert (updated["title"], updated["description"]) == (title, description)
    assert api.get(task_id).json()["data"] == updated


@bounded
@given(title=st.text(st.sampled_from(BLANK), min_size=1, max_size=500))
def test_no_blank_title_is_accepted(api: Api, title: str) -> None:
    assert api.create(title=title).status_code == 422


@bounded
@given(data=st.data())
def test_what_the_contract_generates_is_accepted(api: Api, data: st.DataObject) -> None:
    case: Any = data.draw(schema["/api/tasks"]["POST"].as_strategy())

    response = api.create(**case.body)

    assert response.status_code == 201
    assert response.json()["data"]["title"] == case.body["title"]


@pytest.mark.parametrize(
    "title",
    [
        "\u200b",
        "\u200d\u200c",
        "\u0301",
        "\x01",
        "\x7f",
        "\ud7ff",
        "\ue000",
        "\ufffe",
        "\U0010ffff",
        "é",
        "e\u0301",
    ],
    ids=ascii,
)
def test_an_odd_character_is_kept_as_it_is(api: Api, title: str) -> None:
    assert api.created(title=title)["title"] == title
