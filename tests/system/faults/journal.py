"""Every answer of a load, and what was wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from tests.system.faults.channel import Reply


class Answer(NamedTuple):
    """What one request got. A status of 0 stands for no answer at all.

    Times are in seconds of the monotonic clock. `flaw` says what is wrong with the answer.
    """

    who: str
    operation: str
    status: int
    began: float
    ended: float
    flaw: str = ""

    @property
    def seconds(self) -> float:
        """How long it took, from the first byte sent to the last byte received."""
        return self.ended - self.began

    @property
    def succeeded(self) -> bool:
        """Whether the client got what it asked for."""
        return not self.flaw and self.status != 503


@dataclass
class Journal:
    """What the clients of one load noted."""

    answers: list[Answer] = field(default_factory=list)
    refused_connections: int = 0

    def refused(self) -> None:
        """Count a connection that nobody accepted."""
        self.refused_connections += 1

    def successes(self) -> int:
        """How many clients' requests succeeded."""
        return sum(answer.succeeded for answer in self.answers)

    def refusals(self) -> int:
        """How many were answered with a 503 as it should be."""
        return sum(answer.status == 503 and not answer.flaw for answer in self.answers)

    def unanswered(self) -> list[Answer]:
        """Which got no answer."""
        return [answer for answer in self.answers if answer.status == 0]

    def flawed(self) -> list[Answer]:
        """Which got an answer that they should not get."""
        return [answer for answer in self.answers if answer.flaw and answer.status]

    def begun_since(self, moment: float) -> list[Answer]:
        """Those to requests that were sent after a moment."""
        return [answer for answer in self.answers if answer.began >= moment]


def flaw_of(reply: Reply, *, also: Iterable[int] = ()) -> str:
    """Say what is wrong with an answer that is no success, no 503, and not one of `also`."""
    if reply.status == 204:
        return "" if not reply.body else "204 with a body"
    if reply.headers.get("content-type") != "application/json":
        return f"{reply.status} as {reply.headers.get('content-type')}: {reply.body[:80]!r}"
    body = orjson.loads(reply.body)
    if reply.status in {200, 201}:
        return "" if "data" in body else f"{reply.status} without data"
    if reply.status == 503:
        return _flaw_of_refusal(reply, body)
    return "" if reply.status in also else f"{reply.status}: {reply.body[:120]!r}"


def _flaw_of_refusal(reply: Reply, body: dict[str, dict[str, str]]) -> str:
    pause = reply.headers.get("retry-after", "")
    if not pause.isdecimal() or int(pause) < 1:
        return f"503 with Retry-After {pause!r}"
    code = body.get("error", {}).get("code")
    return "" if code == "SERVICE_UNAVAILABLE" else f"503 with the code {code}"
