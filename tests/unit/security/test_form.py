"""The compact form of a token (RFC 7515), and what is not one."""

import json

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.refusals import Refusal
from tasks_api.security.verifier import TokenVerifier
from tests.support.jws import DAY, HEADER, claims, encoded, in_, signature, signed, token
from tests.support.service import SECRET

MALFORMED = "Malformed token"
FORGED = "Invalid signature"
TOO_LONG = Refusal.TOO_LONG.message
NO_JWT = "Not a JWT. Send the token from /api/auth/token, not the session token."

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
GOOD = token(claims())
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")
LATER = in_(DAY)

verifier = TokenVerifier(SECRET)


def respelt(segment: str) -> str:
    """Spell the same bytes in another way: the last character has bits that none of them uses."""
    assert len(segment) % 4
    return segment[:-1] + ALPHABET[ALPHABET.index(segment[-1]) + 1]


def with_room(text: str) -> str:
    """Encode JSON so that the last character has bits to spare."""
    return encoded(text + " " * (1 if len(text) % 3 == 0 else 0))


SPARE_HEADER = with_room(json.dumps(HEADER))
SPARE_PAYLOAD = with_room(json.dumps(claims()))


def of_length(length: int) -> str:
    """Sign a token of this many characters."""
    for padding in range(length):
        made = token(claims(padding="x" * padding))
        if len(made) >= length:
            return made
    raise AssertionError


def refusal_of(text: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        verifier.verify(text)
    return str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "opaque",
        "yT4kqZ0v1S2bXw3nyT4kqZ0v1S2bXw3n",
        "abc.def%3D",
        "abc.def=",
        f"{HEAD}.{PAYLOAD}",
    ],
    ids=["empty", "word", "session token", "session cookie", "cookie, decoded", "two segments"],
)
def test_what_is_no_jwt_is_told_from_a_broken_one(text: str) -> None:
    assert refusal_of(text) == NO_JWT


@pytest.mark.requirement("FR-007")
@pytest.mark.parametrize(
    "text",
    [
        "..",
        "a.b.c",
        f".{PAYLOAD}.{SIGNATURE}",
        f"{GOOD}.",
        f"{GOOD}.{SIGNATURE}",
        f"{encoded('[]')}....",
        f" {GOOD}",
        f"{GOOD} ",
        f"{GOOD}\n",
        f"{HEAD}.\n{PAYLOAD}.{SIGNATURE}",
        f"{HEAD}.{PAYLOAD[:9]} {PAYLOAD[9:]}.{SIGNATURE}",
        f"{GOOD} x",
        f"é{GOOD}",
        f"{HEAD}.{PAYLOAD}.{SIGNATURE[:-1]}+",
        f"{GOOD}{SIGNATURE[:2]}",
        signed(f"{encoded(json.dumps(HEADER) + ' ')}=.{PAYLOAD}"),
    ],
    ids=[
        "dots",
        "letters",
        "no header",
        "fourth segment, empty",
        "fourth segment",
        "five segments, and no header",
        "space before",
        "space after",
        "line break after",
        "line break inside",
        "space inside",
        "garbage after",
        "no ASCII",
        "plus sign",
        "a length that no bytes have",
        "padded header",
    ],
)
def test_another_spelling_is_malformed(text: str) -> None:
    assert refusal_of(text) == MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        signed(f"{respelt(SPARE_HEADER)}.{PAYLOAD}"),
        signed(f"{HEAD}.{respelt(SPARE_PAYLOAD)}"),
        f"{HEAD}.{PAYLOAD}.{respelt(SIGNATURE)}",
    ],
    ids=["header", "payload", "signature"],
)
def test_the_same_bytes_in_another_spelling_are_malformed(text: str) -> None:
    assert refusal_of(text) == MALFORMED


def test_the_spellings_that_are_refused_are_near_to_good_ones() -> None:
    assert verifier.verify(signed(f"{SPARE_HEADER}.{SPARE_PAYLOAD}")).user_id == "alice"
    assert verifier.verify(GOOD).user_id == "alice"


@pytest.mark.requirement("FR-006")
@pytest.mark.parametrize(
    "text",
    [
        f"{HEAD}.{PAYLOAD}.",
        f"{HEAD}.{PAYLOAD}.{encoded(b'x' * 31)}",
        f"{HEAD}.{PAYLOAD}.{encoded(b'x' * 32)}",
        f"{HEAD}.{PAYLOAD}.{encoded(b'x' * 33)}",
        f"{HEAD}.{PAYLOAD}.{signature(f'{HEAD}.{PAYLOAD}', algorithm='sha512')}",
        f"{HEAD}.{encoded(claims(sub='bob'))}.{SIGNATURE}",
        f"{encoded({'alg': 'HS256'})}.{PAYLOAD}.{SIGNATURE}",
        signed(f"{HEAD}.{PAYLOAD}", secret="another secret of thirty-two bytes!"),
        signed(f"{HEAD}.{PAYLOAD}", secret=""),
    ],
    ids=[
        "none",
        "short",
        "wrong",
        "long",
        "of SHA-512",
        "of another payload",
        "of another header",
        "with another secret",
        "without a secret",
    ],
)
def test_another_signature_is_told_from_a_malformed_token(text: str) -> None:
    assert refusal_of(text) == FORGED


def test_a_token_of_8_kib_is_read_and_a_longer_one_is_not() -> None:
    longest = of_length(8191)
    assert len(longest) <= 8192

    assert verifier.verify(longest).user_id == "alice"
    assert refusal_of("x" * 8192) == NO_JWT
    assert refusal_of(of_length(8193)) == TOO_LONG.format(len(of_length(8193)))
    assert refusal_of("x" * 8193) == TOO_LONG.format(8193)


@pytest.mark.parametrize(
    "word", ["undefined", "null", "Null", "None", "nil", "NaN", "false", "true"]
)
def test_the_word_of_a_variable_without_a_value_is_named(word: str) -> None:
    expected = f"The client sent the word {word} instead of a token. Sign in first."

    assert refusal_of(word) == expected


@pytest.mark.parametrize(
    "text", ["[object Object]", "[object Promise]", f'{{"token":"{GOOD}"}}', '{\n"data": {}}']
)
def test_an_object_is_told_from_a_token(text: str) -> None:
    assert refusal_of(text) == Refusal.OBJECT.message


@pytest.mark.parametrize("mark", ['"', "'", "`"])
@pytest.mark.parametrize("text", [GOOD, "undefined", "yT4kqZ0v1S2bXw3n"], ids=lambda text: text[:9])
def test_a_token_in_quotes_is_told_so(mark: str, text: str) -> None:
    for quoted in (f"{mark}{text}{mark}", f"{mark}{text}", mark):
        assert refusal_of(quoted) == Refusal.QUOTED.message


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {GOOD}",
        f"bearer  {GOOD}",
        "Bearer Bearer",
        "Bearer undefined",
        f"{GOOD} {GOOD}",
        f"{GOOD},{GOOD}",
        f"{GOOD}, Bearer {GOOD}",
        f"{GOOD}, bearer yT4kqZ0v1S2bXw3n",
    ],
)
def test_a_token_or_its_scheme_that_is_sent_twice_is_told_so(text: str) -> None:
    assert refusal_of(text) == Refusal.REPEATED.message


def test_what_only_begins_like_the_scheme_is_no_second_one() -> None:
    assert refusal_of("bearer-yT4kqZ0v1S2bXw3n") == NO_JWT
