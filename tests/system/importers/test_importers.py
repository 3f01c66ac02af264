"""What other people's importers make of the contract works, after a token is set."""

from dataclasses import replace

import pytest

from tests.system.clients.page import PAGE, put, table
from tests.system.importers.conftest import Import, Imported
from tests.system.importers.importers import IMPORTERS, POSTMAN, WITH_DEFAULT, Importer

pytestmark = [pytest.mark.clients, pytest.mark.timeout(900)]

WORKS = {
    ("GET", "/api/tasks", 200),
    ("POST", "/api/tasks", 201),
    ("GET", "/api/tasks/{id}", 200),
    ("PUT", "/api/tasks/{id}", 200),
    ("DELETE", "/api/tasks/{id}", 204),
    ("PATCH", "/api/tasks/{id}/complete", 200),
    ("GET", "/livez", 200),
    ("GET", "/readyz", 200),
}

HEADS = (
    "Importer",
    "The token is",
    "The id of a task is",
    "Optional headers and parameters",
    "Notes",
)

each = pytest.mark.parametrize("importer", IMPORTERS, ids=lambda importer: importer.title)


@each
def test_every_request_of_the_collection_works_twice(importer: Importer, imported: Import) -> None:
    rounds = imported(importer).rounds

    answered = [sorted((sent.method, sent.path, sent.status) for sent in each) for each in rounds]
    assert answered == [sorted(WORKS)] * 2


@each
def test_each_create_makes_a_task_of_its_own(importer: Importer, imported: Import) -> None:
    assert imported(importer).created == 2


@each
def test_no_value_of_an_optional_parameter_is_made_up(importer: Importer, imported: Import) -> None:
    sent = {name for each in imported(importer).rounds for sent in each for name in sent.optional}

    assert sent <= WITH_DEFAULT


def test_postman_as_it_comes_has_no_request_for_one_task_refused(imported: Import) -> None:
    """Its `limit` is the text `<integer>`, and its `Idempotency-Key` may be cut off."""
    rounds = imported(replace(POSTMAN, settings="{}")).rounds

    refused = {(sent.method, sent.path) for each in rounds for sent in each if sent.status >= 300}
    assert refused <= {("GET", "/api/tasks"), ("POST", "/api/tasks")}
    assert {name for each in rounds for sent in each for name in sent.optional} > WITH_DEFAULT


def test_the_table_is_what_was_seen(imported: Import) -> None:
    committed = PAGE.read_text(encoding="utf-8")

    seen = put(committed, "importers", table(HEADS, map(_cells, map(imported, IMPORTERS))))

    if seen != committed:
        PAGE.write_text(seen, encoding="utf-8")
    assert seen == committed, f"{PAGE.name} said something else, and has been written again"


def _cells(imported: Imported) -> list[str]:
    importer = imported.importer
    sent = sorted({name for each in imported.rounds for sent in each for name in sent.optional})
    return [
        f"{importer.title} {importer.version}",
        importer.token,
        importer.ids,
        f"`{'`, `'.join(sent)}` are sent, with the default" if sent else "are not sent",
        importer.notes,
    ]
