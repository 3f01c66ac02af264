"""The parts of `compose.yaml` fit each other and the service; `make lint` has its schema."""

from configparser import ConfigParser
from typing import Any

import pytest
import yaml

from tasks_api.settings import Settings
from tests.support.paths import ROOT
from tests.system.faults import pgbouncer

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STOP_SECONDS = 10


def pgbouncer_settings(text: str) -> dict[str, str]:
    """Return what a configuration of PgBouncer says besides addresses and databases."""
    parser = ConfigParser()
    parser.read_string(text)
    return dict(parser["pgbouncer"])


def test_it_has_the_service_its_migration_and_a_database_behind_a_pooler() -> None:
    assert set(SERVICES) == {"service", "migrate", "grants", "pgbouncer", "postgres"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_can_do_more_than_it_has_to(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]


def test_the_service_connects_with_a_role_of_its_own_and_never_sees_the_owner() -> None:
    service, migrate = SERVICES["service"]["environment"], SERVICES["migrate"]["environment"]
    users = SERVICES["pgbouncer"]["environment"]["USERS"]

    assert ":-postgresql://tasks_service:${SERVICE_PASSWORD}@pgbouncer:" in service["DATABASE_URL"]
    assert ":-postgresql://tasks:${POSTGRES_PASSWORD}@postgres:" in migrate["DATABASE_URL"]
    assert (service["DATABASE_URL_UNPOOLED"], service["POSTGRES_PASSWORD"]) == ("", "")
    assert users == '"tasks_service" "${SERVICE_PASSWORD}"'
    assert SERVICES["grants"]["volumes"] == ["./deploy/grants.sql:/grants.sql:ro"]


@pytest.mark.parametrize("setting", ["users_table", "user_provisioning"])
def test_the_rights_are_on_the_table_of_users_that_is_set(setting: str) -> None:
    default = Settings.model_fields[setting].default

    given = f"--set={setting}=${{{setting.upper()}:-{default}}}"

    assert given in SERVICES["grants"]["command"]


def test_the_service_waits_for_the_migration_and_the_pooler() -> None:
    assert SERVICES["service"]["depends_on"] == {
        "grants": {"condition": "service_completed_successfully"},
        "pgbouncer": {"condition": "service_healthy"},
    }
    assert SERVICES["grants"]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"}
    }
    assert SERVICES["migrate"]["command"] == ["migrate"]


def test_the_health_check_asks_the_database_each_time() -> None:
    assert '"/readyz?deep=1"' in SERVICES["service"]["healthcheck"]["test"][-1]


def test_the_database_can_be_reached_from_inside_alone() -> None:
    assert COMPOSE["networks"]["database"]["internal"] is True
    for name in ("pgbouncer", "postgres"):
        assert SERVICES[name]["networks"] == ["database"]
        assert "ports" not in SERVICES[name]


def test_the_pooler_is_asked_for_no_tls_which_it_does_not_have() -> None:
    url = SERVICES["service"]["environment"]["DATABASE_URL"]
    settings = pgbouncer_settings(SERVICES["pgbouncer"]["environment"]["SETTINGS"])

    assert url.endswith("/tasks?sslmode=disable}")
    assert "client_tls_sslmode" not in settings


def test_no_secret_is_written_into_it() -> None:
    given = SERVICES["service"]["environment"], SERVICES["postgres"]["environment"]

    assert given[0]["BETTER_AUTH_SECRET"].startswith("${BETTER_AUTH_SECRET:?put it into .env")
    assert given[1]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?put it into .env")


def test_a_database_elsewhere_takes_the_place_of_this_one() -> None:
    service, migrate = SERVICES["service"]["environment"], SERVICES["migrate"]["environment"]

    assert service["DATABASE_URL"].startswith("${DATABASE_URL:-postgresql://")
    assert migrate["DATABASE_URL"].startswith("${DATABASE_URL_UNPOOLED:-${DATABASE_URL:-")
    assert migrate["DATABASE_URL_UNPOOLED"] == migrate["DATABASE_URL"]


def test_pgbouncer_is_set_up_as_in_the_fault_suite() -> None:
    here = pgbouncer_settings(SERVICES["pgbouncer"]["environment"]["SETTINGS"])
    tested = pgbouncer_settings(pgbouncer.SETTINGS.replace("{mode}", pgbouncer.MODE))

    for name in ("auth_type", "pool_mode", "server_login_retry", "server_connect_timeout"):
        assert here[name] == tested[name]
    assert here["query_wait_timeout"] == tested["query_wait_timeout"]


def test_the_service_has_the_time_to_answer_what_it_was_asked() -> None:
    assert int(SERVICES["service"]["stop_grace_period"].removesuffix("s")) > STOP_SECONDS
