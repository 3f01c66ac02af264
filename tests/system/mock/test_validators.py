"""Other people's validators let every exchange of the acceptance tests through."""

import base64
import json
from pathlib import Path

import pytest

from tests.system.clients.tools import CONTRACT, Outcome, run, venv
from tests.system.mock.conftest import FOLDER, Validators
from tests.system.mock.exchanges import Exchange, client_of

pytestmark = [pytest.mark.clients, pytest.mark.timeout(900)]

SAFE = 2**53
"""JavaScript is exact up to here, and Prism allows an int64 no more, whatever `maximum` says."""


def openapi_core(exchanges: Path) -> Outcome:
    """Hold exchanges to the contract."""
    return run(FOLDER, venv("python", "openapi_core_check.py", str(CONTRACT), str(exchanges)))


def test_openapi_core_accepts_every_exchange(recorded: Path) -> None:
    assert openapi_core(recorded) == Outcome(0, "\n")


def test_openapi_core_refuses_what_is_wrong(exchanges: list[Exchange], tmp_path: Path) -> None:
    created = next(each.recorded for each in exchanges if each.recorded["status"] == 201)
    wrong = {"request_body": b'{"title": 5}', "response_body": b'{"data": {"id": 1}}'}
    path = tmp_path / "exchanges.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for part, body in wrong.items():
            file.write(json.dumps({**created, part: base64.b64encode(body).decode()}) + "\n")

    assert len(openapi_core(path).output.splitlines()) == len(wrong)


def test_express_openapi_validator_accepts_every_request_and_answer(
    validators: Validators, exchanges: list[Exchange]
) -> None:
    with client_of(validators.requests_and_answers) as client:
        refused = [each.sent_to(client) for each in exchanges if each.is_valid]

    assert [*filter(None, refused)] == []


def test_express_openapi_validator_accepts_the_answers_to_what_is_wrong(
    validators: Validators, exchanges: list[Exchange]
) -> None:
    with client_of(validators.answers) as client:
        refused = [each.sent_to(client) for each in exchanges if not each.is_valid]

    assert [*filter(None, refused)] == []


def test_prism_as_a_proxy_finds_no_violation(
    validators: Validators, exchanges: list[Exchange]
) -> None:
    listed = [each for each in exchanges if each.is_valid and each.largest_number < SAFE]

    with client_of(validators.proxy) as client:
        refused = [each.sent_to(client) for each in listed]

    assert [*filter(None, refused)] == []
