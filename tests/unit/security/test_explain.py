"""`tasks-api token explain`: what a token holds, whether it is accepted, and what to do."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tasks_api.security.explain import explain
from tasks_api.security.verifier import TokenVerifier
from tests.support.api import claims_of, token_of
from tests.support.command import Command
from tests.support.jws import DAY, claims, in_, token
from tests.support.service import SECRET

VERIFIER = TokenVerifier(SECRET)
EDDSA = jwt.encode(claims_of("alice"), Ed25519PrivateKey.generate(), "EdDSA")

REFUSED: dict[str, tuple[str, str]] = {
    "a session token": ("gLwvHcIhRkZ6WcX0", "session token"),
    "a signed cookie": ("gLwvHcIhRkZ6WcX0.4mHmM%3D", "session token"),
    "the session": (token({"session": {}, "exp": in_(DAY)}), "only Better Auth may see it"),
    "cut off": (token_of("alice")[:-40] + "!", "exactly as Better Auth returned it"),
    "expired": (token(claims(exp=in_(-60))), "Get a new token"),
    "another secret": (token_of("alice", secret="x" * 32), "BETTER_AUTH_SECRET differs"),
    "EdDSA": (EDDSA, "BETTER_AUTH_JWKS_URL"),
    "no user": (token({"exp": in_(DAY)}), "the claim sub"),
    "no expiry": (token({"sub": "alice"}), "exp is always required"),
    "milliseconds": (token(claims(exp=in_(60) * 1000)), "Divide by 1000"),
    "for ever": (token(claims(exp=in_(365 * DAY))), "JWT_MAX_LIFETIME"),
    "an id_token": (token(claims(nonce="n")), "issues to other applications"),
    "undefined": ("undefined", "a variable that was not set"),
    "an object": ("[object Object]", "its data.token"),
    "in quotes": (f'"{token_of("alice")}"', "Remove the quotes"),
    "twice": (f"Bearer {token_of('alice')}", "a second place"),
    "too long": (token(claims(image="x" * 9000)), "definePayload"),
    "none": (token(claims(), header={"alg": "none"}), "Have Better Auth sign it with HS256"),
}


@pytest.mark.parametrize(("text", "fix"), REFUSED.values(), ids=REFUSED)
def test_a_refused_token_gets_the_services_reason_and_a_fix(text: str, fix: str) -> None:
    *_, refusal, advice = explain(text, VERIFIER)

    assert refusal.startswith("Refused: ")
    assert fix in advice


def test_an_accepted_token_is_said_to_be() -> None:
    patient = TokenVerifier(SECRET, max_lifetime=10**9)

    lines = list(explain(token_of("alice", exp=1_999_999_999), patient))

    assert "  exp: 1999999999 (2033-05-18 03:33:19 UTC)" in lines
    assert lines[-1] == "Accepted, for the user 'alice'."


def test_the_signature_and_the_secret_are_not_shown() -> None:
    text = token_of("alice")

    shown = "\n".join(explain(text, VERIFIER))

    assert text.rpartition(".")[2] not in shown
    assert SECRET not in shown


def test_what_it_shows_cannot_pass_for_its_own_words() -> None:
    names = {"a\nRefused: fake": 1, "\x1b]0;title\x07": 1, "\ud800": 1, "nested": {"\x1b": 2}}

    shown = list(explain(token(claims(**names)), VERIFIER))

    assert all(line.isascii() and line.isprintable() for line in shown)


def test_it_reads_standard_input_and_works_without_a_secret(command: Command) -> None:
    result = command("token", "explain", stdin=f"Bearer {token_of('alice')}\n")

    assert result.exit_code == 0
    assert "  sub: 'alice'" in result.output
    assert "Not verified: BETTER_AUTH_SECRET is not set here" in result.output


def test_it_verifies_with_the_secret_of_the_service(command: Command) -> None:
    result = command("token", "explain", token_of("alice"), BETTER_AUTH_SECRET=SECRET)

    assert "Accepted, for the user 'alice'." in result.output
