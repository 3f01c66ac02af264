"""What the URLs of the database tell, before anybody connects."""

import pytest

from tasks_api.checks.target import DatabaseAddress
from tests.database.checks.conftest import Check, Findings

# `hostaddr` keeps the look-up of names, and the network, out of it.
NEON = "postgresql://alice:pa55word@ep-a-1{}.aws.neon.tech:1/d?hostaddr=127.0.0.1{}"
SAFE = "&sslmode=require&channel_binding=require"
DIRECT, POOLED = NEON.format("", SAFE), NEON.format("-pooler", SAFE)


def warnings_of(found: Findings) -> set[str]:
    return {name for name, finding in found.items() if finding["severity"] == "warning"}


def test_a_scheme_that_others_do_not_take_is_a_warning(check: Check, database_url: str) -> None:
    found = check(DATABASE_URL=database_url.replace("postgresql://", "postgres://"))

    assert list(found) == ["database-scheme"]
    assert found["database-scheme"]["fix"] == "begin DATABASE_URL with postgresql://"


@pytest.mark.parametrize("rest", ["", "&sslmode=prefer", "&sslmode=allow"])
def test_another_host_without_tls_is_a_warning(check: Check, rest: str) -> None:
    found = check(DATABASE_URL=f"postgresql://db.example.com:1/d?hostaddr=127.0.0.1{rest}")

    assert warnings_of(found) == {"database-tls"}
    assert found["database-tls"]["fix"] == "add sslmode=require to DATABASE_URL"


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_another_host_with_tls_is_right(check: Check, mode: str) -> None:
    url = f"postgresql://db.example.com:1/d?hostaddr=127.0.0.1&sslmode={mode}"

    assert warnings_of(check(DATABASE_URL=url)) == set()


def test_a_decision_against_tls_is_no_finding(check: Check) -> None:
    url = "postgresql://pgbouncer:1/d?hostaddr=127.0.0.1&sslmode=disable"

    assert warnings_of(check(DATABASE_URL=url)) == set()


def test_the_certificates_of_the_system_insist_on_tls(check: Check) -> None:
    url = "postgresql://db.example.com:1/d?hostaddr=127.0.0.1&sslrootcert=system"

    assert warnings_of(check(DATABASE_URL=url)) == set()


def test_an_address_without_a_name_is_another_host() -> None:
    assert not DatabaseAddress("DATABASE_URL", "postgresql:///d?hostaddr=192.0.2.1").is_local


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", ""])
def test_this_machine_needs_no_tls(check: Check, host: str) -> None:
    assert warnings_of(check(DATABASE_URL=f"postgresql://{host}:1/d")) == set()


def test_the_variables_of_libpq_count(check: Check) -> None:
    url = "postgresql://db.example.com:1/d?hostaddr=127.0.0.1"

    assert warnings_of(check(DATABASE_URL=url, PGSSLMODE="require")) == set()


def test_neon_as_it_is_copied_is_right(check: Check) -> None:
    assert warnings_of(check(DATABASE_URL=POOLED, DATABASE_URL_UNPOOLED=DIRECT)) == set()
    assert warnings_of(check(DATABASE_URL=DIRECT)) == set()


def test_neon_without_channel_binding_is_a_warning(check: Check) -> None:
    found = check(DATABASE_URL=NEON.format("", "&sslmode=require"))

    assert warnings_of(found) == {"database-channel-binding"}


def test_a_pooler_for_migrations_is_fatal(check: Check) -> None:
    found = check(DATABASE_URL=POOLED, DATABASE_URL_UNPOOLED=POOLED)

    assert found["migrations-pooled"]["severity"] == "fatal"
    assert "without -pooler" in found["migrations-pooled"]["fix"]


def test_a_pooler_and_no_other_url_is_a_warning(check: Check) -> None:
    found = check(DATABASE_URL=POOLED)

    assert found["migrations-unset"]["severity"] == "warning"
    assert found["migrations-unset"]["fix"].startswith("set DATABASE_URL_UNPOOLED")
