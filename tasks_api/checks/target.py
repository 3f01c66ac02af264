"""What is checked: the settings, as far as they are good, and the variables they come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource

from tasks_api.checks.address import Address
from tasks_api.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """A deployment, as its settings describe it."""

    settings: Settings
    """What is missing or bad has its default here, or something that only looks like a value."""

    bad: frozenset[str]
    """The names of what is missing or bad."""

    variables: Mapping[str, str]
    """Every variable of the environment and of `.env`, as it was written."""

    @property
    def database(self) -> Address | None:
        """Where the service finds its database; None where no good setting says so."""
        return self._address("DATABASE_URL", self.settings.database_url)

    @property
    def unpooled(self) -> Address | None:
        """Where migrations alone find it; None where no good setting says so."""
        return self._address("DATABASE_URL_UNPOOLED", self.settings.database_url_unpooled)

    @property
    def addresses(self) -> list[Address]:
        """All of these."""
        return [address for address in (self.database, self.unpooled) if address]

    @property
    def users_table(self) -> str | None:
        """The name of the users' table; None where the setting is bad."""
        return None if "USERS_TABLE" in self.bad else self.settings.users_table

    def _address(self, name: str, url: SecretStr | None) -> Address | None:
        return None if url is None or name in self.bad else Address(name, url.get_secret_value())


def variables() -> dict[str, str]:
    """Read what the settings are read from, by names in capital letters.

    Raises OSError or UnicodeError where `.env` cannot be read.
    """
    sources = (DotEnvSettingsSource(Settings), EnvSettingsSource(Settings))
    return {
        name.upper(): value
        for source in sources
        for name, value in source.env_vars.items()
        if value
    }
