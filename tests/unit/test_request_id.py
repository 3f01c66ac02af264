"""`X-Request-ID`: taken over where it is well-formed, and made where it is not."""

import re

import pytest

from tasks_api.observability.exchange import request_id_of

MADE = re.compile(rb"[0-9a-f]{32}")


@pytest.mark.parametrize(
    "sent",
    [b"7", b"8e03978e-40d5-43e8-bc93-6894a57f9324", b"01J9_Z.a-B", b"x" * 64],
)
def test_a_well_formed_id_is_taken_over(sent: bytes) -> None:
    assert request_id_of([sent]) == sent


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [b""],
        [b"x" * 65],
        [b"a b"],
        [b"a\r\nb"],
        [b"a\n"],
        [b"alice@example.com"],
        [b"a,b"],
        [b'a"b'],
        ["ä".encode()],
        [b"a", b"a"],
    ],
    ids=str,
)
def test_in_place_of_any_other_one_is_made(sent: list[bytes]) -> None:
    first, second = request_id_of(sent), request_id_of(sent)

    assert MADE.fullmatch(first)
    assert MADE.fullmatch(second)
    assert first != second
