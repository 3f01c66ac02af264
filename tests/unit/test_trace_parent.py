"""`traceparent`: the id of the caller's trace, if the header is well-formed."""

import pytest

from tasks_api.observability.exchange import trace_id_of

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01"


@pytest.mark.parametrize("sent", [GOOD, f"00-{TRACE}-{SPAN}-00", f"cc-{TRACE}-{SPAN}-01-more"])
def test_the_trace_is_the_callers(sent: str) -> None:
    assert trace_id_of([sent.encode()]) == TRACE


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [""],
        [GOOD, GOOD],
        [GOOD.upper()],
        [f"{GOOD}-more"],
        [f"{GOOD}x"],
        [f"ff-{TRACE}-{SPAN}-01"],
        [f"00-{'0' * 32}-{SPAN}-01"],
        [f"00-{TRACE}-{'0' * 16}-01"],
        [f"00-{TRACE[1:]}-{SPAN}-01"],
        [f"00-{TRACE}-{SPAN}"],
        [f"{GOOD}\n"],
    ],
    ids=str,
)
def test_what_is_not_well_formed_names_no_trace(sent: list[str]) -> None:
    assert trace_id_of([value.encode() for value in sent]) is None
