"""Settings: read once, from the environment and an optional `.env`, and all checked together."""

from typing import Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from tasks_api.setting_types import (
    Addresses,
    DatabaseUrl,
    Host,
    KeySetUrl,
    Origins,
    Secret,
    TableName,
)

ENV_FILE = ".env"
"""In the current folder; may be absent."""


class SettingsError(Exception):
    """Settings are missing or bad. The message names every one of them, each with its fix."""


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
    users_table: TableName = "users"
    users_id_type: Literal["text", "uuid"] = "text"

    @property
    def migration_url(self) -> str:
        """The direct URL where there is one; a pooler may refuse what a migration does."""
        return (self.database_url_unpooled or self.database_url).get_secret_value()


class TokenSettings(_FromEnvironment):
    """What signing or verifying a token needs."""

    better_auth_secret: Secret
    better_auth_secret_previous: Secret | None = None
    better_auth_jwks_url: KeySetUrl | None = None
    jwt_issuer: str | None = None
    jwt_audience: str | None = None


class Settings(MigrationSettings, TokenSettings):
    """What the service needs; `.env.example` says what each setting is for."""

    frontend_url: Origins = ()
    host: Host = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    forwarded_allow_ips: Addresses | None = None
    request_timeout: float = Field(default=5, ge=1, le=600)
    user_provisioning: Literal["auto", "create", "require"] = "auto"
    database_pool_size: int = Field(default=10, ge=1, le=1000)
    database_pool_timeout: float = Field(default=1, gt=0, le=60)
    database_connect_timeout: int = Field(default=3, ge=2, le=60)
    database_statement_timeout: float = Field(default=3, gt=0, le=600)
    database_lock_timeout: float = Field(default=1, gt=0, le=600)
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
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
