"""Change the secret, and the password of the database, without a request that fails."""

import psycopg2
import pytest

from tests.support.api import error_of
from tests.system.runbooks.conftest import PASSWORD, Start
from tests.system.runbooks.replica import Replica
from tests.system.runbooks.shell import Shell, commands

ACCEPT_BOTH, FORGET_THE_OLD, EXPLAIN = commands("Change the secret")
INTERIM, NEW_PASSWORD, END_INTERIM, END_SESSIONS = commands("Change the database password")


@pytest.fixture
def replica(deployed: Shell, start: Start) -> Replica:
    """Give the running service."""
    return start(deployed)


def test_tokens_of_both_secrets_are_accepted_until_the_old_one_is_removed(
    deployed: Shell, replica: Replica
) -> None:
    with replica.under_load("alice") as old:
        assert "No problems found." in deployed.run(ACCEPT_BOTH)
        replica.replace()
        new_secret = deployed.variables["BETTER_AUTH_SECRET"]
        with replica.under_load("bob", secret=new_secret) as new:
            old.wait_for(answers=10)
    assert (old.failures, new.failures) == ([], [])

    with replica.under_load("bob", secret=new_secret) as load:
        deployed.run(FORGET_THE_OLD)
        replica.replace()

    assert load.failures == []
    with replica.api("alice") as alice, replica.api("bob", secret=new_secret) as bob:
        assert error_of(alice.list())[0] == 401
        assert bob.list().status_code == 200
    assert '"refusal":"invalid_signature"' in replica.log
    assert "Accepted, for the user" in deployed.run(EXPLAIN)


def test_the_password_changes_without_a_request_that_fails(
    deployed: Shell, replica: Replica
) -> None:
    old_url = deployed.variables["DATABASE_URL"]
    deployed.variables["INTERIM_PASSWORD"] = "interim"
    interim_url = old_url.replace(f"tasks_service:{PASSWORD}", "tasks_service_interim:interim")
    deployed.variables["INTERIM_URL"] = interim_url
    intruder = psycopg2.connect(old_url)

    with replica.under_load("alice") as load:
        assert "No problems found." in deployed.run(INTERIM)
        deployed.variables["DATABASE_URL"] = interim_url
        replica.replace()
        deployed.run(NEW_PASSWORD)
        deployed.run(END_SESSIONS)
        assert "still in use" in deployed.run(END_INTERIM)
        new_password = deployed.variables["SERVICE_PASSWORD"]
        deployed.variables["DATABASE_URL"] = old_url.replace(PASSWORD, new_password)
        replica.replace()
        assert "still in use" not in deployed.run(END_INTERIM)

    assert load.failures == []
    with pytest.raises(psycopg2.OperationalError), intruder.cursor() as cursor:
        cursor.execute("SELECT")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(old_url)
