"""When a token counts, and for whom and by whom it was issued."""

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import TokenVerifier
from tests.support.jws import DAY, claims, in_, token, without
from tests.support.service import SECRET

MALFORMED = "Malformed token"
EXPIRED = "The token has expired"
EARLY = "The token is not valid yet"
TOO_LONG_LIVED = (
    "The token is valid for too long: exp is further ahead than JWT_MAX_LIFETIME allows"
)
OTHER_ISSUER = "Unexpected issuer (iss)"
OTHER_AUDIENCE = "Unexpected audience (aud)"

ISSUER = "https://app.example.com"
AUDIENCE = "https://api.example.com"

verifier = TokenVerifier(SECRET)
strict = TokenVerifier(SECRET, issuer=ISSUER, audience=AUDIENCE)


def milliseconds(name: str) -> str:
    return f"The claim {name} is in milliseconds, and must be in seconds"


def refusal_of(text: str, by: TokenVerifier = verifier) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        by.verify(text)
    return str(refusal.value)


@pytest.mark.parametrize(
    "times",
    [{"exp": -25}, {"exp": 30 * DAY}, {"nbf": 25}, {"iat": 25}, {"nbf": -1000, "iat": -1000}],
    ids=repr,
)
def test_clocks_may_differ_by_half_a_minute(times: dict[str, float]) -> None:
    made = token(claims(**{name: in_(seconds) for name, seconds in times.items()}))

    assert verifier.verify(made).user_id == "alice"


@pytest.mark.requirement("FR-006")
@pytest.mark.parametrize(
    ("name", "seconds", "message"),
    [
        ("exp", -32, EXPIRED),
        ("exp", -(10**6), EXPIRED),
        ("nbf", 35, EARLY),
        ("iat", 35, EARLY),
        ("exp", 30 * DAY + 45, TOO_LONG_LIVED),
        ("exp", 3650 * DAY, TOO_LONG_LIVED),
    ],
)
def test_a_token_counts_from_its_beginning_to_its_end(
    name: str, seconds: float, message: str
) -> None:
    assert refusal_of(token(claims(**{name: in_(seconds)}))) == message


def test_a_time_may_have_a_fraction() -> None:
    assert verifier.verify(token(claims(exp=in_(300) + 0.5))).user_id == "alice"


def test_a_token_that_never_expires_is_refused() -> None:
    assert refusal_of(token(without("exp", claims()))) == "Missing claim exp"


def test_how_far_ahead_a_token_may_expire_is_a_setting() -> None:
    hasty = TokenVerifier(SECRET, max_lifetime=60)

    assert hasty.verify(token(claims(exp=in_(80)))).user_id == "alice"
    assert refusal_of(token(claims(exp=in_(95))), by=hasty) == TOO_LONG_LIVED


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize("seconds", [-3600, 0, 900])
def test_a_time_in_milliseconds_is_told(name: str, seconds: int) -> None:
    assert refusal_of(token(claims(**{name: in_(seconds) * 1000}))) == milliseconds(name)


def test_a_client_that_counts_in_milliseconds_is_told_so_of_the_first_claim() -> None:
    now = in_(0) * 1000

    assert refusal_of(token(claims(iat=now, nbf=now, exp=now + 900_000))) == milliseconds("exp")


@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
@pytest.mark.parametrize(
    "time",
    [
        '"4102444800"',
        "true",
        "null",
        "NaN",
        "Infinity",
        "1e400",
        "-1",
        "-1e400",
        "253402300799000",
        "1e16",
        "9" * 400,
        "[4102444800]",
        "{}",
    ],
    ids=lambda value: value[:12],
)
def test_a_time_that_is_no_time_is_refused(name: str, time: str) -> None:
    other = "" if name == "exp" else f'"exp": {in_(300)}, '

    refusal = refusal_of(token(f'{{"sub": "alice", {other}"{name}": {time}}}'))

    assert refusal in {MALFORMED, milliseconds(name), "Missing claim exp"}


def test_an_expiry_in_quotes_is_malformed() -> None:
    assert refusal_of(token('{"sub": "alice", "exp": "4102444800"}')) == MALFORMED


@pytest.mark.parametrize("audience", [AUDIENCE, ["https://elsewhere.example", AUDIENCE]], ids=repr)
def test_the_issuer_and_the_audience_of_the_settings_are_accepted(audience: object) -> None:
    assert strict.verify(token(claims(iss=ISSUER, aud=audience))).user_id == "alice"


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"aud": AUDIENCE}, "Missing claim iss"),
        ({"iss": ISSUER}, "Missing claim aud"),
        ({"iss": f"{ISSUER}/", "aud": AUDIENCE}, OTHER_ISSUER),
        ({"iss": "https://evil.example", "aud": AUDIENCE}, OTHER_ISSUER),
        ({"iss": [ISSUER], "aud": AUDIENCE}, OTHER_ISSUER),
        ({"iss": {"a": ISSUER}, "aud": AUDIENCE}, OTHER_ISSUER),
        ({"iss": ISSUER, "aud": "https://elsewhere.example"}, OTHER_AUDIENCE),
        ({"iss": ISSUER, "aud": ["https://elsewhere.example"]}, OTHER_AUDIENCE),
        ({"iss": ISSUER, "aud": []}, "Missing claim aud"),
        ({"iss": ISSUER, "aud": [AUDIENCE, 7]}, OTHER_AUDIENCE),
        ({"iss": ISSUER, "aud": {AUDIENCE: 1}}, OTHER_AUDIENCE),
        ({"iss": ISSUER, "aud": f"{AUDIENCE}.evil.example"}, OTHER_AUDIENCE),
    ],
    ids=repr,
)
def test_another_issuer_or_audience_is_refused(others: dict[str, object], message: str) -> None:
    assert refusal_of(token(claims(**others)), by=strict) == message


def test_neither_is_asked_for_where_the_settings_name_none() -> None:
    assert verifier.verify(token(claims(iss="https://x", aud=["https://x"]))).user_id == "alice"
    assert verifier.verify(token(claims())).user_id == "alice"
