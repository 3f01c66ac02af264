"""Other people's validators let every exchange of the acceptance tests through."""

from pathlib import Path

import pytest

from tests.system.clients.tools import CONTRACT, run, venv
from tests.system.mock.conftest import FOLDER, Validators
from tests.system.mock.exchanges import Exchange, client_of

pytestmark = [pytest.mark.clients, pytest.mark.timeout(900)]

SAFE = 2**53
"""JavaScript is exact up to here, and Prism allows an int64 no more, whatever `maximum` says."""


def test_openapi_core_accepts_every_exchange(recorded: Path) -> None:
    outcome = run(FOLDER, venv("python", "openapi_core_check.py", str(CONTRACT), str(recorded)))

    assert (outcome.status, outcome.output.strip()) == (0, "")


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
    # It takes an optional slash at the end of a path for an empty id.
    listed = [each for each in exchanges if each.is_valid and not each.path.endswith("/")]

    with client_of(validators.proxy) as client:
        refused = [each.sent_to(client) for each in listed if each.largest_number < SAFE]

    assert [*filter(None, refused)] == []
