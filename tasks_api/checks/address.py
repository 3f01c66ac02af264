"""Where a database is, as far as its URL tells."""

import os
from functools import cached_property
from ipaddress import ip_address

from persistence.url import connection_parameters

NEON = (".neon.tech", ".neon.build")
POOLER = "-pooler"
"""How Neon ends the first label of a pooled host."""


class Address:
    """The URL of a database, and the setting that it comes from.

    Raises ValueError for a URL that cannot be used.
    """

    def __init__(self, setting: str, url: str) -> None:
        self.setting = setting
        self.url = url
        self._parameters = connection_parameters(url)

    @property
    def scheme(self) -> str:
        """What stands before `://`."""
        return self.url.strip().partition("://")[0].lower()

    @cached_property
    def hosts(self) -> list[str]:
        """The names or addresses of its hosts; empty for a socket of this machine."""
        named = self._parameter("host", "PGHOST") or self._parameter("hostaddr", "PGHOSTADDR")
        return [
            host.lower() for host in named.split(",") if host and not host.startswith(("/", "@"))
        ]

    @property
    def where(self) -> str:
        """The hosts as text."""
        return ", ".join(self.hosts) or "a socket of this machine"

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
        """Whether its name says that a pooler stands before it, as Neon's names do."""
        return any(host.partition(".")[0].endswith(POOLER) for host in self.hosts)

    @property
    def is_encrypted(self) -> bool:
        """Whether libpq insists on TLS; by default it does without where the server has none."""
        return self._mode in {"require", "verify-ca", "verify-full"}

    @property
    def is_bound(self) -> bool:
        """Whether nobody can stand in between: a certificate or the password proves the server."""
        is_verified = self._mode == "verify-full"
        return is_verified or self._parameter("channel_binding", "PGCHANNELBINDING") == "require"

    @property
    def _mode(self) -> str:
        # With the certificates of the system libpq verifies the server unless it is told not to.
        is_verified = self._parameter("sslrootcert", "PGSSLROOTCERT") == "system"
        return self._parameter("sslmode", "PGSSLMODE") or ("verify-full" if is_verified else "")

    def _parameter(self, name: str, variable: str) -> str:
        return self._parameters.get(name) or os.environ.get(variable, "")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
