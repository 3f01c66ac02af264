"""Every message about a token has a word, and every word a message."""

import pytest

from tasks_api.security import refusals
from tasks_api.security.reasons import REASONS, reason_of_message

MESSAGES = [
    text for name, text in vars(refusals).items() if name.isupper() and isinstance(text, str)
]
ELSEWHERE = {"missing", "unknown_user"}
"""What is no matter of the token itself: handlers.problems says it."""


def test_every_word_is_that_of_one_message() -> None:
    words = [reason_of_message(text) for text in MESSAGES]

    assert sorted(words) == sorted(set(REASONS) - ELSEWHERE)


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (refusals.LACKS.format("exp"), "lacks_claim"),
        (refusals.OTHER_ALGORITHM.format("none"), "other_algorithm"),
    ],
)
def test_a_name_in_a_message_does_not_change_its_word(message: str, word: str) -> None:
    assert reason_of_message(message) == word
