"""Tokens that are remembered: only while they are in force, and not without end."""

import time
from typing import Any

import jwt
import pytest

from boundary.errors import Unauthenticated
from tasks_api.security import verifier
from tasks_api.security.verifier import LEEWAY_SECONDS, TokenVerifier
from tests.support.jws import claims, in_, token
from tests.support.service import SECRET


def test_a_token_that_was_accepted_is_refused_once_it_has_expired() -> None:
    remembering = TokenVerifier(SECRET)
    expires = in_(2 - LEEWAY_SECONDS)
    expiring = token(claims(exp=expires))
    assert remembering.verify(expiring).user_id == "alice"

    time.sleep(max(0.0, expires + LEEWAY_SECONDS - time.time()) + 0.01)

    with pytest.raises(Unauthenticated, match="The token has expired"):
        remembering.verify(expiring)


def test_another_secret_does_not_know_what_the_one_before_has_accepted() -> None:
    good = token(claims())
    TokenVerifier(SECRET).verify(good)

    with pytest.raises(Unauthenticated, match="signature"):
        TokenVerifier(SECRET[::-1]).verify(good)


def test_what_is_forgotten_is_verified_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "MAX_REMEMBERED", 2)
    remembering = TokenVerifier(SECRET)
    names = ["alice", "bob", "carol", "dave"]
    tokens = [token(claims(sub=name)) for name in names]

    proved = [remembering.verify(each).user_id for each in tokens * 5]

    assert proved == names * 5


def test_a_token_that_is_refused_is_not_remembered() -> None:
    remembering = TokenVerifier(SECRET)
    good = token(claims())
    forged = good[:-2] + ("AA" if good[-2:] != "AA" else "BB")

    for _ in range(2):
        with pytest.raises(Unauthenticated, match="signature"):
            remembering.verify(forged)
        remembering.verify(good)


def test_where_a_few_more_users_than_fit_come_in_turn_most_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(verifier, "MAX_REMEMBERED", 40)
    remembering = TokenVerifier(SECRET)
    tokens = [token(claims(sub=f"user-{n}")) for n in range(44)]
    decoded: list[str] = []
    decode = jwt.decode

    def note(text: str, *arguments: Any, **options: Any) -> Any:
        decoded.append(text)
        return decode(text, *arguments, **options)

    monkeypatch.setattr(jwt, "decode", note)
    for _ in range(10):
        for each in tokens:
            remembering.verify(each)

    assert 44 < len(decoded) < 10 * 44 / 2
