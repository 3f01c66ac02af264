"""The table of users: absent, elsewhere, of another type, or not the one that the tasks know."""

from persistence.migrate import migrate
from tests.database.checks.conftest import Check
from tests.support.database import create_better_auth, query


def severities(found: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: finding["severity"] for name, finding in found.items()}


def test_users_of_better_auth_are_right_whatever_their_type(
    check: Check, empty_database_url: str
) -> None:
    create_better_auth(empty_database_url, users_table="user", id_type="uuid")
    migrate(empty_database_url, users_table="user")

    assert check(DATABASE_URL=empty_database_url, USERS_TABLE="user") == {}


def test_no_table_before_the_migration_is_a_warning(check: Check, empty_database_url: str) -> None:
    found = check(DATABASE_URL=empty_database_url)

    assert severities(found) == {"schema-missing": "fatal", "users-not-yet-created": "warning"}


def test_a_table_of_another_name_is_named(check: Check, empty_database_url: str) -> None:
    create_better_auth(empty_database_url, users_table="user")

    found = check(DATABASE_URL=empty_database_url)

    assert severities(found) == {"schema-missing": "fatal", "users-elsewhere": "fatal"}
    assert found["users-elsewhere"]["fix"] == "set USERS_TABLE=user"


def test_a_table_that_is_gone_is_fatal(check: Check, database_url: str) -> None:
    query(database_url, "DROP TABLE users CASCADE")

    assert severities(check(DATABASE_URL=database_url)) == {"users-absent": "fatal"}


def test_an_id_that_no_task_can_refer_to_is_fatal(check: Check, empty_database_url: str) -> None:
    query(empty_database_url, "CREATE TABLE users (id boolean PRIMARY KEY)")

    found = check(DATABASE_URL=empty_database_url)

    assert severities(found) == {"schema-missing": "fatal", "users-id-type": "fatal"}
    assert found["users-id-type"]["message"] == 'the id of the table "users" is of type boolean'


def test_an_id_of_another_type_than_the_tasks_have_is_fatal(
    check: Check, database_url: str
) -> None:
    query(database_url, "DROP TABLE users CASCADE")
    create_better_auth(database_url, id_type="uuid")

    found = check(DATABASE_URL=database_url)

    assert severities(found) == {"users-id-type": "fatal"}
    assert (
        found["users-id-type"]["message"]
        == 'the owner of a task is of type text, the id of "users" of type uuid'
    )


def test_a_table_that_the_tasks_do_not_know_is_fatal(check: Check, database_url: str) -> None:
    create_better_auth(database_url, users_table="user")

    assert severities(check(DATABASE_URL=database_url, USERS_TABLE="user")) == {
        "users-unrelated": "fatal"
    }


def test_a_stand_in_beside_better_auths_table_is_a_warning(check: Check, database_url: str) -> None:
    create_better_auth(database_url, users_table="user")

    assert severities(check(DATABASE_URL=database_url)) == {"users-beside-better-auth": "warning"}


def test_a_stand_in_that_nobody_is_added_to_is_a_warning(check: Check, database_url: str) -> None:
    found = check(DATABASE_URL=database_url, USER_PROVISIONING="require")

    assert severities(found) == {"users-closed": "warning"}


def test_a_type_that_comes_too_late_is_a_warning(check: Check, database_url: str) -> None:
    found = check(DATABASE_URL=database_url, USERS_ID_TYPE="uuid")

    assert severities(found) == {"users-id-type-ignored": "warning"}
    assert check(DATABASE_URL=database_url, USERS_ID_TYPE="text") == {}
