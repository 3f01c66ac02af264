"""What an error says of a request with many violations."""

import orjson
import pytest

from boundary.errors import ContractViolation, Violation
from handlers.problems import MAX_DETAILS_BYTES, rendered


@pytest.mark.parametrize("length", [1, 10, 37, 200])
def test_as_many_violations_are_listed_as_fit_and_the_others_are_counted(length: int) -> None:
    violations = [Violation("TOO_LONG", "query", "title", "x" * length)] * 200

    answer = rendered(ContractViolation(violations), request_id="i" * 64)
    body = orjson.loads(answer.body)

    *listed, last = body["error"]["details"]
    one = {"code": "TOO_LONG", "in": "query", "field": "title", "message": "x" * length}
    fitting = MAX_DETAILS_BYTES // len(orjson.dumps(one) + b",")
    assert listed == [one] * fitting
    message = f"{200 - fitting} more violations"
    assert last == {"code": "MORE", "in": "query", "field": "query", "message": message}
    assert len(answer.body) <= 2048
