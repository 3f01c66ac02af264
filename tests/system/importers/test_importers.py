"""What other people's importers make of the contract works, after a token is set."""

from dataclasses import replace

import pytest

from tests.system.clients.page import PAGE, put, table
from tests.system.importers.conftest import Import, Imported
from tests.system.importers.importers import IMPORTERS, OPTIONAL, POSTMAN, Importer

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
def test_no_optional_header_or_parameter_is_sent(importer: Importer, imported: Import) -> None:
    assert [sent for each in imported(importer).rounds for sent in each if sent.optional] == []


def test_postman_makes_optional_parameters_up_unless_it_is_told_not_to(imported: Import) -> None:
    """If this fails, `docs/clients.md` need not ask for a setting any more."""
    rounds = imported(replace(POSTMAN, settings="{}")).rounds

    assert {name for each in rounds for sent in each for name in sent.optional} == {
        *OPTIONAL.values()
    }


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
        f"`{'`, `'.join(sent)}` are sent" if sent else "are not sent",
        importer.notes,
    ]
