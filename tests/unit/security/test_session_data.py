"""Better Auth's `session_data` cookie, which holds the session itself, in each of its forms."""

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import TokenVerifier
from tests.support.jws import DAY, claims, encoded, in_, token
from tests.support.service import SECRET

SESSION_DATA = "This is the session_data cookie. Send the token from /api/auth/token."
LATER = in_(DAY)


@pytest.mark.parametrize(
    "text",
    [
        f"{encoded({'alg': 'dir', 'enc': 'A256CBC-HS512'})}..aXY.Y2lwaGVy.dGFn",
        token({"session": {"token": "yT4kqZ0v"}, "user": {"id": "alice"}, "exp": LATER}),
        token(claims(), header={"alg": "HS256", "typ": "better-auth.session-cache+jwt"}),
    ],
    ids=["encrypted", "signed", "of the type of a cookie, with a user"],
)
def test_the_cookie_that_holds_the_session_is_told_from_a_token(text: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        TokenVerifier(SECRET).verify(text)

    assert str(refusal.value) == SESSION_DATA
