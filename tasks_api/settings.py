"""Settings: read once, from the environment and an optional `.env`, and validated together."""

import re
from collections.abc import Iterable
from ipaddress import ip_network
from itertools import pairwise
from operator import eq
from typing import Annotated, Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from persistence.pool import MAX_TASKS, MAX_TEXT
from persistence.url import connection_parameters
from persistence.users_table import qualified

ENV_FILE = ".env"
"""In the current folder; it may be absent."""

MAX_CONNECTIONS = 900
"""With what else is open, they fit into 1,024 file descriptors, a common limit."""

MAX_LIFETIME_SECONDS = 30 * 24 * 3600
"""How far ahead `exp` may be by default."""

MIN_SECRET_BYTES = 32
"""RFC 7518, section 3.2: a key of HS256 is at least as long as its hash."""

# The last one is what Better Auth uses if it gets no secret.
PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|this|it)|your[-_ ]|replace[-_ ]?(me|this|with)|placeholder|<.*>"
    r"|better-auth-secret-123456789",
    re.IGNORECASE,
)

_MOST = 0.75
_KEYBOARD = "qwertyuiopasdfghjklzxcvbnm"
_QUOTES = ('"', "'", "`")

_ORIGIN = re.compile(
    r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?", re.IGNORECASE | re.ASCII
)
_PREVIEWS = re.compile(
    r"https://(?=[a-z0-9*-]{2,}\.)[a-z0-9-]*\*[a-z0-9-]*(\.[a-z0-9-]+){2,}",
    re.ASCII,
)
"""One `*` beside other characters, in the first part of a name of at least three."""

_SHELL = re.compile(
    r"(?:app|capacitor|electron|ionic|tauri|vscode-webview|[a-z]+(?:-[a-z]+)*-extension)"
    r"://[A-Za-z0-9._-]+",
    re.ASCII,
)
"""The origin of an app shell, which has a scheme of its own. Its host is compared as it is."""

_PUBLIC_URL = re.compile(r"([^/]+//[^/]+)((?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*)/?", re.ASCII)
"""An origin, and a path without `.`, `..` and percent-encoding."""

_PUBLIC_PATH_LENGTH = 200
"""The contract bounds the headers that begin with it."""

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(%[a-z0-9._-]+)?", re.IGNORECASE | re.ASCII)
_PSQL = re.compile(r"""\s*psql\s+(?P<quote>['"]?)(?P<url>postgres\S*?)(?P=quote)\s*""")
_DEFAULT_PORTS = {"http": 80, "https": 443}

_SECRETS = frozenset({"better_auth_secret", "better_auth_secret_previous"})
_MAY_BE_QUOTED = _SECRETS | {"jwt_issuer", "jwt_audience"}
_COMMENT = re.compile(r"\s#")

_NEW_SECRET = "make one with `openssl rand -base64 32` and give it to Better Auth as well"  # noqa: S105 -- it is advice, not a secret.
_MISSING = {
    "DATABASE_URL": "set it to postgresql://USER:PASSWORD@HOST/DATABASE",
    "BETTER_AUTH_SECRET": "set it to the secret of the Better Auth server, at least 32 bytes",
}


class Problem(NamedTuple):
    """What is wrong with one setting."""

    name: str
    what: str
    fix: str
    """What to do about it; empty if `what` says it."""

    def __str__(self) -> str:
        """Return it as one line."""
        return f"{self.name}: {self.what}" + (f"; {self.fix}" if self.fix else "")


class SettingsError(Exception):
    """Settings are missing or invalid. The text has a line for each."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = list(dict.fromkeys(problems))
        super().__init__("\n".join(map(str, self.problems)))


def _invalid(what: str, fix: str = "") -> PydanticCustomError:
    return PydanticCustomError("setting", "{what}", {"what": what, "fix": fix})


def _database_url(url: SecretStr) -> SecretStr:
    connection_parameters(url.get_secret_value())
    return url


def _secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if text != text.strip():
        message = "must not begin or end with white space, such as a line break"
        raise _invalid(message, "remove it here, and at Better Auth if it is there too")
    _unquoted(text)
    if PLACEHOLDER.search(text):
        raise _invalid("must not be a placeholder that can be guessed", _NEW_SECRET)
    if not text.isprintable():
        raise _invalid("must not contain a character that cannot be printed", _NEW_SECRET)
    if len(text.encode()) < MIN_SECRET_BYTES:
        message = f"must be at least {MIN_SECRET_BYTES} bytes long"
        raise _invalid(message, _NEW_SECRET)
    if _repeats_itself(text) or _is_in_order(text):
        raise _invalid("must not be a repetition or a sequence that can be guessed", _NEW_SECRET)
    return secret


def _repeats_itself(text: str) -> bool:
    """Return whether three quarters of it repeat what is less than a whole secret before."""
    shifts = range(1, min(len(text) // 2 + 1, MIN_SECRET_BYTES))
    return any(_share(map(eq, text, text[shift:])) >= _MOST for shift in shifts)


def _is_in_order(text: str) -> bool:
    """Return whether three quarters of its characters follow their neighbours: abc, 321, qwe.

    Of random digits, a quarter does; of random letters, less than a sixth.
    """
    return _share(_are_neighbours(*pair) for pair in pairwise(text.lower())) >= _MOST


def _are_neighbours(one: str, other: str) -> bool:
    keys = _KEYBOARD.find(one), _KEYBOARD.find(other)
    return abs(ord(one) - ord(other)) <= 1 or (min(keys) >= 0 and abs(keys[0] - keys[1]) <= 1)


def _share(outcomes: Iterable[bool]) -> float:
    found = list(outcomes)
    return sum(found) / len(found)


def _unquoted(text: str) -> str:
    # A shell and most readers of .env remove them; `docker run --env-file` does not.
    if text.startswith(_QUOTES) and text.endswith(text[0]):
        raise _invalid("must not be in quotation marks", "write it without them")
    return text


def _as_meant(name: str, value: object) -> object:
    """Remove white space at both ends, and then a pair of quotation marks.

    Not where they could be meant: there, the validator of the setting refuses them. A secret is
    never changed, because Better Auth may have it with its white space.
    """
    if not isinstance(value, str):
        return value
    text = value if name in _SECRETS and value.strip() else value.strip()
    is_quoted = len(text) > 1 and text.startswith(_QUOTES) and text.endswith(text[0])
    content = text[1:-1].strip() if is_quoted else text
    return text if content and name in _MAY_BE_QUOTED else content


def _audience(text: str) -> str:
    if "," in text:  # An exact comparison with a list would refuse every token.
        raise _invalid("must be one audience", "write the one that the jwt() plugin has")
    return _unquoted(text)


def _connection_string(text: object) -> object:
    """Take the URL out of the command that Neon and others offer to copy: `psql 'postgresql://…'`.

    Only there may it be in quotation marks once more.
    """
    url = text.get_secret_value() if isinstance(text, SecretStr) else text
    command = _PSQL.fullmatch(url) if isinstance(url, str) else None
    return command["url"] if command else text


def _in_lower_case(text: object) -> object:
    return text.lower() if isinstance(text, str) else text


def _origins(text: object) -> object:
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


def _origin(text: str) -> str:
    """Write an origin as browsers write it in `Origin` (RFC 6454, section 6.2).

    An origin of a preview deployment may have a `*` in it, for letters, digits and hyphens.
    """
    if _SHELL.fullmatch(text) or _PREVIEWS.fullmatch(text):
        return text
    parts = _ORIGIN.fullmatch(text)
    if parts is None:
        message = (
            "must be origins such as https://app.example.com, tauri://localhost or "
            "https://*-team.vercel.app, separated by commas, without a path"
        )
        raise _invalid(message)
    scheme, host, port = (part and part.lower() for part in parts.groups())
    is_default = port is None or int(port) == _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{int(port)}"


def _public_url(text: str) -> str:
    """Write it as the contract has its server: without a slash at the end."""
    parts = _PUBLIC_URL.fullmatch(text)
    if parts is None or not _ORIGIN.fullmatch(parts[1]) or len(parts[2]) > _PUBLIC_PATH_LENGTH:
        raise _invalid("must be a URL such as https://api.example.com or https://example.com/todo")
    return _origin(parts[1]) + parts[2]


def _host(name: str) -> str:
    if re.fullmatch(r"\[.*\]:\d+|[^:]+:\d+", name):
        raise _invalid("must not have a port", "write the port into PORT")
    name = re.sub(r"^\[(.*:.*)\]$", r"\1", name)  # As in a URL.
    if not _HOST.fullmatch(name):
        raise _invalid("must be an IP address or a host name of this machine")
    return name


def _addresses(text: str) -> str:
    """Validate addresses and networks; `*` stands for all."""
    for part in text.split(","):
        if part.strip() != "*":
            try:
                ip_network(part.strip())
            except ValueError as error:
                message = "must be IP addresses or networks such as 10.0.0.0/8, separated by commas"
                raise _invalid(message) from error
    return text


def _table(name: str) -> str:
    qualified(name)
    return name


def _key_set_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise _invalid("must be a URL such as https://app.example.com/api/auth/jwks")
    return url


Addresses = Annotated[str, AfterValidator(_addresses)]
Audience = Annotated[str, AfterValidator(_audience)]
DatabaseUrl = Annotated[
    SecretStr, BeforeValidator(_connection_string), AfterValidator(_database_url)
]
Host = Annotated[str, AfterValidator(_host)]
KeySetUrl = Annotated[str, AfterValidator(_key_set_url)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Origin = Annotated[str, AfterValidator(_origin)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_origins)]
Unquoted = Annotated[str, AfterValidator(_unquoted)]
TableName = Annotated[str, AfterValidator(_table)]


class _FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Drop what `docker run --env-file` keeps around a value, and settings without a value."""
        meant = {name: _as_meant(name, value) for name, value in given.items()}
        return {name: value for name, value in meant.items() if value != ""}

    @field_validator("*", mode="before")
    @classmethod
    def _without_comment(cls, value: object) -> object:
        # A shell and most readers of .env remove it; `docker run --env-file` does not.
        if isinstance(value, str) and _COMMENT.search(value):
            raise _invalid("must not have a comment behind it", "remove it, from its # on")
        return value


class Given(_FromEnvironment):
    """The settings that development replaces if they are not set; not validated."""

    database_url: SecretStr | None = None
    better_auth_secret: SecretStr | None = None
    frontend_url: str | None = None
    public_url: str | None = None


class MigrationSettings(_FromEnvironment):
    """What a migration needs."""

    database_url: DatabaseUrl
    database_url_unpooled: DatabaseUrl | None = None
    users_table: TableName = "users"
    users_id_type: Annotated[Literal["text", "uuid"], BeforeValidator(_in_lower_case)] = "text"

    @property
    def migration_url(self) -> str:
        """The direct URL if there is one: a pooler may refuse what a migration does."""
        return (self.database_url_unpooled or self.database_url).get_secret_value()


class TokenSettings(_FromEnvironment):
    """What signing or verifying a token needs."""

    better_auth_secret: Secret
    better_auth_secret_previous: Secret | None = None
    better_auth_jwks_url: KeySetUrl | None = None
    jwt_issuer: Unquoted | None = None
    jwt_audience: Audience | None = None
    jwt_max_lifetime: int = Field(default=MAX_LIFETIME_SECONDS, ge=60, le=10 * 365 * 24 * 3600)


class Settings(MigrationSettings, TokenSettings):
    """What the service needs; `.env.example` describes each setting."""

    public_url: PublicUrl | None = None
    frontend_url: Origins = ()
    host: Host = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    forwarded_allow_ips: Addresses | None = None
    request_timeout: float = Field(default=5, ge=1, le=600)
    user_provisioning: Annotated[
        Literal["auto", "create", "require"], BeforeValidator(_in_lower_case)
    ] = "auto"
    database_pool_size: int = Field(default=10, ge=1, le=1000)
    database_pool_timeout: float = Field(default=1, gt=0, le=60)
    database_connect_timeout: int = Field(default=3, ge=2, le=60)
    database_statement_timeout: float = Field(default=3, gt=0, le=600)
    database_lock_timeout: float = Field(default=1, gt=0, le=600)
    max_tasks_per_user: int = Field(default=MAX_TASKS, ge=1, le=10**9)
    max_text_per_user: int = Field(default=MAX_TEXT, ge=2**20, le=2**40)
    max_unsent_bytes: int = Field(default=64 * 2**20, ge=2**20, le=2**40)
    max_connections: int = Field(default=MAX_CONNECTIONS, ge=1, le=10**6)
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(_in_lower_case)
    ] = "info"

    @property
    def public_path(self) -> str:
        """What precedes every path of the service for its clients; empty, or such as `/todo`."""
        return urlsplit(self.public_url or "").path


class PartialSettings(Settings):
    """The same settings without required ones, for `tasks-api check`, which goes on without."""

    database_url: DatabaseUrl | None = None  # type: ignore[assignment]
    better_auth_secret: Secret | None = None  # type: ignore[assignment]


AnySettings = TypeVar("AnySettings", bound=_FromEnvironment)


def load(kind: type[AnySettings], **given: Any) -> AnySettings:
    """Read the settings of one kind; what is `given` precedes the environment and `.env`.

    Raises:
        SettingsError: With a problem for each setting that is missing or invalid.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        problems = [_problem(details) for details in error.errors()]
    except OSError as error:
        problems = [_unreadable(str(error.strerror))]
    except UnicodeError:
        problems = [_unreadable("it is not text in UTF-8")]
    raise SettingsError(problems)


def _problem(error: ErrorDetails) -> Problem:
    name = str(error["loc"][0]).upper()
    if error["type"] == "missing":
        return Problem(name, "missing", _MISSING[name])
    context = error.get("ctx", {})
    # pydantic puts its own prefix before the text of a ValueError.
    what = str(context["error"]) if "error" in context else error["msg"]
    return Problem(name, what, context.get("fix", ""))


def _unreadable(reason: str) -> Problem:
    return Problem(ENV_FILE, f"cannot be read ({reason})", "make it readable, or remove it")
