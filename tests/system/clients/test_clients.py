"""What other people's generators make of the contract."""

import pytest

from tests.system.clients.conftest import Make
from tests.system.clients.generators import GENERATORS, Generator
from tests.system.clients.page import PAGE, put, table_of_clients

pytestmark = [pytest.mark.clients, pytest.mark.timeout(1200)]

each = pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.folder)


@each
def test_the_generator_has_nothing_to_complain_about(generator: Generator, made: Make) -> None:
    assert made(generator).warnings == []


@each
def test_every_generated_name_is_one_of_the_contract(generator: Generator, made: Make) -> None:
    assert made(generator).artefacts == []


@each
def test_a_client_compiles_under_the_strict_checker(generator: Generator, made: Make) -> None:
    assert made(generator).checked.client == []


@each
def test_a_number_as_title_does_not_compile(generator: Generator, made: Make) -> None:
    assert made(generator).wrong["a number as title"]


@each
def test_a_client_does_all_that_users_do(generator: Generator, made: Make) -> None:
    """Each asserts what it gets, and tells how it was refused."""
    used = made(generator).used

    assert used.status == 0, used.output
    seen = made(generator).seen
    assert seen["401"] == "401 UNAUTHORIZED"
    assert seen["404"] == "404 NOT_FOUND"
    assert seen["412"] == "412 PRECONDITION_FAILED"
    assert seen["422"] == "422 IDEMPOTENCY_KEY_REUSED Idempotency-Key"


@each
def test_a_later_version_of_the_service_breaks_no_client(generator: Generator, made: Make) -> None:
    seen = made(generator).seen

    assert seen["later task"] == "read"
    assert seen["later code"] == "404 ARCHIVED"
    assert seen["later status"] == "429 TOO_MANY_REQUESTS"


def test_the_table_is_what_was_seen(made: Make) -> None:
    committed = PAGE.read_text(encoding="utf-8")

    seen = put(committed, "generators", table_of_clients(map(made, GENERATORS)))

    if seen != committed:
        PAGE.write_text(seen, encoding="utf-8")
    assert seen == committed, f"{PAGE.name} said something else, and has been written again"
