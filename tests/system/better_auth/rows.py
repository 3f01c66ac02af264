"""The table of tokens: a set-up of Better Auth, what is sent from it, what the service says."""

from tasks_api.security.refusals import Refusal
from tests.system.better_auth.acts import (
    after_deletion,
    after_rotation,
    after_sign_out,
    before_rotation,
    of_a_withdrawn_key,
)
from tests.system.better_auth.oauth import granted
from tests.system.better_auth.person import Person
from tests.system.better_auth.row import Row, Take
from tests.system.better_auth.stage import NEW_SECRET, Answer, Stage

TOKEN = "the token"
SESSION_DATA = "the `session_data` cookie"


def refused(message: str) -> Answer:
    return Answer(401, message)


def other_algorithm(name: str) -> Row:
    message = f"The token must be signed with HS256 or EdDSA, not {name}"
    words = f'`jwt()`, `keyPairConfig: {{ alg: "{name}" }}`'
    return Row(words, TOKEN, name, refused(message), "keys", database=name)


def cookie(name: str) -> Take:
    return lambda _, person: person.cookie(name)


SIGN = "`jwt()` with `sign`"
DEFAULT = "`jwt()`"
GONE = "The user of this token no longer exists"

HS256 = (
    Row(f"{SIGN}, as documented above", TOKEN, "documented"),
    Row(f"{SIGN}, as documented above", TOKEN, "documented", service="keys"),
    Row(f"{SIGN}, the whole user in the claims", TOKEN, "sign"),
    Row(SIGN, "the header `set-auth-jwt`", "sign", take=lambda _, person: person.token_in_header()),
    Row(
        "a custom route, with `jose`",
        TOKEN,
        "no plugin",
        take=lambda _, person: person.token("/api/token"),
    ),
    Row(f"{SIGN}, `definePayload` adds `user_id`", TOKEN, "sign, user_id"),
    Row(
        f"{SIGN}, `definePayload` adds another `user_id`",
        TOKEN,
        "sign, another user_id",
        refused(Refusal.CONFLICTING_SUBJECTS.message),
    ),
    Row(f"{SIGN}, `getSubject` gives the e-mail", TOKEN, "sign, getSubject", refused(GONE)),
    Row(
        f"{SIGN}, another secret",
        TOKEN,
        "sign",
        refused(Refusal.INVALID_SIGNATURE.message),
        secret=NEW_SECRET,
    ),
    Row(f"{SIGN}, the new secret", TOKEN, "sign, issuer", service="strict", secret=NEW_SECRET),
    Row(f"{SIGN}, the previous secret", TOKEN, "sign, issuer", service="strict"),
    Row(
        f"{SIGN}, no `issuer`, no `audience`",
        TOKEN,
        "sign",
        refused(Refusal.INVALID_ISSUER.message),
        "strict",
    ),
    Row(
        f"{SIGN}, an `audience` of its own",
        TOKEN,
        "sign, issuer",
        refused(Refusal.OTHER_KIND.message.format("its aud is not its iss")),
    ),
    Row(SIGN, "the token, expired", "sign, expired", refused(Refusal.EXPIRED.message)),
    Row(SIGN, "the token, after signing out", "sign", take=after_sign_out),
    Row(SIGN, "the token of a deleted user", "sign", refused(GONE), take=after_deletion),
)

KEYS = (
    Row(DEFAULT, TOKEN, "default", service="keys"),
    Row(DEFAULT, TOKEN, "default", refused(Refusal.NO_KEY_SET.message)),
    Row(DEFAULT, "a token signed with a newer key", "default", service="keys", take=after_rotation),
    Row(
        DEFAULT,
        "a token signed with the previous key",
        "default",
        service="keys",
        take=before_rotation,
    ),
    Row(
        DEFAULT,
        "a token signed with a withdrawn key",
        "default",
        refused(Refusal.UNKNOWN_KEY.message),
        "keys",
        of_a_withdrawn_key,
    ),
    Row(
        f"{DEFAULT} of another Better Auth",
        TOKEN,
        "default",
        refused(Refusal.UNKNOWN_KEY.message),
        "keys",
        database="another",
    ),
    *map(other_algorithm, ("ES256", "ES512", "PS256", "RS256")),
)

SESSIONS = (
    Row(
        "any",
        "the session token",
        "no plugin",
        refused(Refusal.NOT_A_JWT.message),
        take=lambda _, person: person.session_token,
    ),
    Row(
        "any",
        "the `session_token` cookie",
        "no plugin",
        refused(Refusal.NOT_A_JWT.message),
        take=cookie("session_token"),
    ),
    Row(
        "`bearer()`",
        "the header `set-auth-token`",
        "bearer",
        refused(Refusal.NOT_A_JWT.message),
        take=lambda _, person: person.bearer_token,
    ),
    Row(
        "`cookieCache`, `compact`",
        SESSION_DATA,
        "cookie, compact",
        refused(Refusal.NOT_A_JWT.message),
        take=cookie("session_data"),
    ),
    *(
        Row(
            words,
            SESSION_DATA,
            set_up,
            refused(Refusal.SESSION_COOKIE.message),
            "keys",
            cookie("session_data"),
        )
        for words, set_up in (
            ("`cookieCache`, `jwt`", "cookie, jwt"),
            ("`cookieCache`, `jwe`", "cookie, jwe"),
            ("`jwt({ sessionCookieCache: true })`", "cookie, of the keys"),
        )
    ),
)

ID_TOKEN = "an id_token of another application"
ACCESS_TOKEN = "an access token of another application"
OPAQUE = "an access token without a `resource`"


def id_token(_: Stage, person: Person) -> str:
    return granted(person, scope="openid")["id_token"]


def access_token(_: Stage, person: Person) -> str:
    """Take the token for a resource that is the issuer: its `aud` is its `iss`."""
    return granted(person, scope="email", resource=f"{person.url}/api/auth")["access_token"]


def opaque(_: Stage, person: Person) -> str:
    return granted(person, scope="openid")["access_token"]


def other_kind(reason: str) -> Answer:
    return refused(Refusal.OTHER_KIND.message.format(reason))


AUDIENCE = other_kind("its aud is not its iss")
TYPE = other_kind("its typ is not JWT")
CLAIM = other_kind("it has the claim azp")
PROVIDER = "`oauthProvider()` and `jwt()`"
SIGNING_PROVIDER = "`oauthProvider()` and `jwt()` with `sign`"
HEADERLESS_PROVIDER = "`oauthProvider()` and `jwt()` with `sign`, without its `header`"

GRANTS = (
    Row(PROVIDER, TOKEN, "provider", service="keys"),
    Row(PROVIDER, ID_TOKEN, "provider", AUDIENCE, "keys", id_token),
    Row(PROVIDER, ACCESS_TOKEN, "provider", TYPE, "keys", access_token),
    Row(PROVIDER, OPAQUE, "provider", refused(Refusal.NOT_A_JWT.message), "keys", opaque),
    Row(SIGNING_PROVIDER, TOKEN, "provider, sign"),
    Row(SIGNING_PROVIDER, ID_TOKEN, "provider, sign", AUDIENCE, take=id_token),
    Row(SIGNING_PROVIDER, ACCESS_TOKEN, "provider, sign", TYPE, take=access_token),
    Row(HEADERLESS_PROVIDER, ID_TOKEN, "provider, headerless sign", AUDIENCE, take=id_token),
    Row(HEADERLESS_PROVIDER, ACCESS_TOKEN, "provider, headerless sign", CLAIM, take=access_token),
)

ROWS = (*HS256, *KEYS, *SESSIONS, *GRANTS)
