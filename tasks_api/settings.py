"""Settings: read once, from the environment and an optional `.env`, and all checked together."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from persistence.url import connection_parameters
from persistence.users_table import qualified

ENV_FILE = ".env"
"""In the current folder; may be absent."""

MIN_SECRET_BYTES = 32
"""RFC 7518, section 3.2: a key of HS256 is at least as long as its hash."""

# The last one is what Better Auth falls back to when nobody gives it a secret.
PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|this|it)|your[-_ ]|replace[-_ ]?(me|this|with)|placeholder|<.*>"
    r"|better-auth-secret-123456789",
    re.IGNORECASE,
)

_ORIGIN = re.compile(
    r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?", re.IGNORECASE | re.ASCII
)
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(%[a-z0-9._-]+)?", re.IGNORECASE | re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


class SettingsError(Exception):
    """Settings are missing or bad. The message names every one of them, each with its fix."""


def _database_url(url: SecretStr) -> SecretStr:
    connection_parameters(url.get_secret_value())
    return url


def _secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    advice = "make one with `openssl rand -base64 32` and give it to Better Auth as well"
    if PLACEHOLDER.search(text):
        message = f"a placeholder that anybody can guess; {advice}"
        raise ValueError(message)
    if not text.isprintable():  # A line break at its end, mostly, which Better Auth does not have.
        message = f"holds a character that cannot be printed; {advice}"
        raise ValueError(message)
    if len(text.encode()) < MIN_SECRET_BYTES:
        message = f"shorter than {MIN_SECRET_BYTES} bytes; {advice}"
        raise ValueError(message)
    return secret


def _origins(text: object) -> object:
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


def _origin(text: str) -> str:
    """Spell an origin as a browser does in `Origin` (RFC 6454, section 6.2)."""
    parts = _ORIGIN.fullmatch(text)
    if parts is None:
        message = (
            "must be origins such as https://app.example.com, separated by commas, without a path"
        )
        raise ValueError(message)
    scheme, host, port = (part and part.lower() for part in parts.groups())
    is_default = port is None or int(port) == _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{int(port)}"


def _host(name: str) -> str:
    if not _HOST.fullmatch(name):
        raise ValueError("must be an IP address of this machine or a name of one")
    return name


def _table(name: str) -> str:
    qualified(name)
    return name


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Origin = Annotated[str, AfterValidator(_origin)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_origins)]


class _FromEnvironment(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )


class Given(_FromEnvironment):
    """What development finds set already, unchecked; None where it may choose."""

    database_url: SecretStr | None = None
    better_auth_secret: SecretStr | None = None
    frontend_url: str | None = None


class MigrationSettings(_FromEnvironment):
    """What a migration needs."""

    database_url: DatabaseUrl
    database_url_unpooled: DatabaseUrl | None = None
    users_table: Annotated[str, AfterValidator(_table)] = "users"

    @property
    def migration_url(self) -> str:
        """The direct URL where there is one; a pooler may refuse what a migration does."""
        return (self.database_url_unpooled or self.database_url).get_secret_value()


class TokenSettings(_FromEnvironment):
    """What signing or verifying a token needs."""

    better_auth_secret: Secret
    jwt_issuer: str | None = None
    jwt_audience: str | None = None


class Settings(MigrationSettings, TokenSettings):
    """What the service needs; `.env.example` says what each setting is for."""

    frontend_url: Origins = ()
    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    user_provisioning: Literal["auto", "create", "require"] = "auto"
    database_pool_size: int = Field(default=10, ge=1, le=1000)
    database_pool_timeout: float = Field(default=1, gt=0, le=60)
    database_connect_timeout: int = Field(default=3, ge=2, le=60)
    log_level: Literal["debug", "info", "warning", "error"] = "info"


AnySettings = TypeVar("AnySettings", bound=_FromEnvironment)


def load(kind: type[AnySettings], **given: Any) -> AnySettings:
    """Read the settings of one kind; what is `given` counts before the environment and `.env`.

    Raises:
        SettingsError: With a line for each setting that is missing or bad.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        problems = [_problem(str(e["loc"][0]).upper(), e["type"], e["msg"]) for e in error.errors()]
    except OSError as error:
        problems = [f"{ENV_FILE} cannot be read: {error.strerror}"]
    except UnicodeError:
        problems = [f"{ENV_FILE} cannot be read: it must be text in UTF-8"]
    raise SettingsError("\n".join(dict.fromkeys(problems)))


def _problem(name: str, kind: str, message: str) -> str:
    if kind == "missing":
        return f"{name}: missing; {_FIXES[name]}"
    return f"{name}: {message.removeprefix('Value error, ')}"


_FIXES = {
    "DATABASE_URL": "set it to postgresql://USER:PASSWORD@HOST/DATABASE",
    "BETTER_AUTH_SECRET": "set it to the secret of the Better Auth server, at least 32 bytes",
}
