"""`token`: a token for development, as good as one of Better Auth's."""

import time

import jwt
import pytest

from tests.support.api import SignIn, error_of, new_user
from tests.support.command import Command
from tests.support.service import SECRET


def test_token_needs_the_secret_alone_and_the_service_accepts_it(
    command: Command, sign_in: SignIn
) -> None:
    user_id = new_user()

    result = command("token", user_id, "--name", "Alice", BETTER_AUTH_SECRET=SECRET)

    api = sign_in(user_id, token=result.stdout.strip())
    assert (result.exit_code, result.stderr) == (0, "")
    assert api.created()["user_id"] == user_id


def test_token_states_what_it_is_told_to(command: Command) -> None:
    result = command(
        *("token", "--email", "a@example.com", "--hours", "2"),
        BETTER_AUTH_SECRET=SECRET,
        JWT_ISSUER="https://i.example",
        JWT_AUDIENCE="https://a.example",
    )

    claims = jwt.decode(result.output.strip(), SECRET, ["HS256"], audience="https://a.example")
    assert claims.pop("exp") - claims["iat"] == 7200
    assert abs(claims.pop("iat") - time.time()) < 30
    assert claims == {
        "sub": "demo-user",
        "email": "a@example.com",
        "iss": "https://i.example",
        "aud": "https://a.example",
    }


def test_token_makes_one_that_has_expired_for_those_who_test_with_it(
    command: Command, sign_in: SignIn
) -> None:
    result = command("token", "--hours", "-1", BETTER_AUTH_SECRET=SECRET)

    api = sign_in(token=result.output.strip())
    assert error_of(api.list()) == (401, "UNAUTHORIZED", "The token has expired")


def test_token_makes_none_that_the_service_would_refuse_for_its_length(command: Command) -> None:
    result = command("token", "--hours", "721", BETTER_AUTH_SECRET=SECRET)
    allowed = command(
        *("token", "--hours", "721"), BETTER_AUTH_SECRET=SECRET, JWT_MAX_LIFETIME="2595600"
    )

    assert result.exit_code == 2
    assert "JWT_MAX_LIFETIME is 2592000 seconds" in result.output
    assert allowed.exit_code == 0


@pytest.mark.parametrize("secret", ["", "sh0rt", "replace-me-with-the-secret-of-the-server"])
def test_token_refuses_a_bad_secret_in_one_line_without_showing_it(
    command: Command, secret: str
) -> None:
    result = command("token", BETTER_AUTH_SECRET=secret)

    assert result.exit_code == 1
    assert result.output.startswith("Error: BETTER_AUTH_SECRET: ")
    assert result.output.count("\n") == 1
    assert not secret or secret not in result.output
