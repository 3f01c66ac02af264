"""Questions to others, asked all at once, and waited for no longer than it makes sense."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread

from tasks_api.checks.finding import Finding


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask over the network, and what it means if nothing comes back."""

    ask: Callable[[], Iterable[Finding]]
    silence: Finding


def answers(questions: Sequence[Question], *, seconds: float) -> Iterator[Finding]:
    """Give the findings of all, after that many seconds at most.

    What cannot be given up, such as the look-up of a name, goes on in a thread that keeps nobody
    from leaving.
    """
    end = time.monotonic() + seconds
    asked = [(question, _begun(question)) for question in questions]
    for question, answer in asked:
        try:
            yield from answer.result(max(0.0, end - time.monotonic()))
        except TimeoutError:
            yield question.silence


def _begun(question: Question) -> Future[list[Finding]]:
    answer: Future[list[Finding]] = Future()

    def work() -> None:
        try:
            answer.set_result(list(question.ask()))
        except BaseException as error:  # noqa: BLE001 - whoever waits for it raises it again.
            answer.set_exception(error)

    Thread(target=work, daemon=True).start()
    return answer
