"""Questions that nobody answers."""

import time
from threading import Event

import pytest

from tasks_api.checks.finding import Finding, Severity
from tasks_api.checks.patience import Question, answers

SILENCE = Finding("silence", Severity.FATAL, "no answer", "nobody is there", "wait")
ANSWER = Finding("answer", Severity.FATAL, "an answer", "somebody is there", "listen")


def test_a_question_without_an_answer_holds_up_nobody() -> None:
    never = Event()
    begun = time.monotonic()

    found = list(
        answers(
            [
                Question(lambda: [SILENCE] * never.wait(60), SILENCE),
                Question(lambda: [SILENCE] * never.wait(60), SILENCE),
                Question(lambda: [ANSWER], SILENCE),
            ],
            seconds=0.3,
        )
    )
    never.set()

    assert found == [SILENCE, SILENCE, ANSWER]
    assert time.monotonic() - begun < 2


def test_a_defect_is_not_taken_for_an_answer() -> None:
    def defect() -> list[Finding]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(answers([Question(defect, SILENCE)], seconds=5))
