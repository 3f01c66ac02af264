"""What is checked: the settings as far as they are valid, their sources, and the database URLs."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

from pydantic import SecretStr
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from persistence.url import connection_parameters
from tasks_api.settings import PartialSettings, Settings

NEON = (".neon.tech", ".neon.build")
POOLER = "-pooler"
"""The end of the first label of Neon's pooled hosts."""


class DatabaseAddress:
    """The URL of a database, and the setting that it comes from.

    Raises ValueError for a URL that cannot be used.
    """

    def __init__(self, setting: str, url: str) -> None:
        self.setting = setting
        self.url = url
        self._parameters = connection_parameters(url)

    @property
    def scheme(self) -> str:
        """The part before `://`."""
        return self.url.strip().partition("://")[0].lower()

    @cached_property
    def hosts(self) -> list[str]:
        """The names or addresses of its hosts; empty for a Unix socket."""
        named = self._parameter("host", "PGHOST") or self._parameter("hostaddr", "PGHOSTADDR")
        return [
            host.lower() for host in named.split(",") if host and not host.startswith(("/", "@"))
        ]

    def __str__(self) -> str:
        """Return the setting and the hosts, for a message."""
        return f"{self.setting} ({', '.join(self.hosts) or 'a Unix socket'})"

    @property
    def is_local(self) -> bool:
        """Whether no byte leaves this machine."""
        return all(map(_is_loopback, self.hosts))

    @property
    def is_neon(self) -> bool:
        """Whether it is at Neon."""
        return any(host.endswith(NEON) for host in self.hosts)

    @property
    def is_pooled(self) -> bool:
        """Whether its name says that it is a pooler, as Neon's names do."""
        return any(host.partition(".")[0].endswith(POOLER) for host in self.hosts)

    @property
    def requires_tls(self) -> bool:
        """Whether libpq insists on TLS; by default it connects without if the server has none."""
        return self._sslmode in {"require", "verify-ca", "verify-full"}

    @property
    def declines_tls(self) -> bool:
        """Whether it says that no TLS is wanted, as for a pooler in the same private network."""
        return self._sslmode == "disable"

    @property
    def is_authenticated(self) -> bool:
        """Whether the certificate or channel binding proves the server."""
        is_verified = self._sslmode == "verify-full"
        return is_verified or self._parameter("channel_binding", "PGCHANNELBINDING") == "require"

    @property
    def _sslmode(self) -> str:
        # With the system's root certificates, libpq verifies the server by default.
        is_verified = self._parameter("sslrootcert", "PGSSLROOTCERT") == "system"
        return self._parameter("sslmode", "PGSSLMODE") or ("verify-full" if is_verified else "")

    def _parameter(self, name: str, variable: str) -> str:
        return self._parameters.get(name) or os.environ.get(variable, "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment, as its settings describe it."""

    settings: PartialSettings
    """Invalid settings have their default here; required ones that are missing are None."""

    invalid: frozenset[str]
    """The names of the settings that are missing or invalid."""

    variables: Mapping[str, str]
    """Every variable of the environment and of `.env`, as it was written."""

    @property
    def database(self) -> DatabaseAddress | None:
        """The database of the service; None if no valid setting names it."""
        return self._address("DATABASE_URL", self.settings.database_url)

    @property
    def direct_database(self) -> DatabaseAddress | None:
        """The database as migrations alone reach it; None if no valid setting names it."""
        return self._address("DATABASE_URL_UNPOOLED", self.settings.database_url_unpooled)

    @property
    def addresses(self) -> list[DatabaseAddress]:
        """Both of them, as far as they are set."""
        return [address for address in (self.database, self.direct_database) if address]

    @property
    def users_table(self) -> str | None:
        """The name of the users' table; None if the setting is invalid."""
        return None if "USERS_TABLE" in self.invalid else self.settings.users_table

    def _address(self, name: str, url: SecretStr | None) -> DatabaseAddress | None:
        return DatabaseAddress(name, url.get_secret_value()) if url is not None else None


def variables() -> dict[str, str]:
    """Read the sources of the settings, by names in capital letters.

    Raises OSError or UnicodeError if `.env` cannot be read.
    """
    sources = (DotEnvSettingsSource(Settings), EnvSettingsSource(Settings))
    return {
        name.upper(): value
        for source in sources
        for name, value in source.env_vars.items()
        if value
    }
