"""FRONTEND_URL: a slash at its end works and is said, a path does not work."""

from tests.database.checks.conftest import Check


def test_a_path_is_fatal(check: Check) -> None:
    found = check(FRONTEND_URL="https://app.example.com/app")["frontend-url"]

    assert found["severity"] == "fatal"
    assert found["message"].startswith("FRONTEND_URL: must be origins")


def test_a_slash_at_the_end_is_a_warning(check: Check) -> None:
    found = check(FRONTEND_URL="http://localhost:3000, https://app.example.com/")

    assert found["frontend-url-slash"]["severity"] == "warning"
    assert found["frontend-url-slash"]["fix"] == "write https://app.example.com"


def test_origins_are_right_as_they_are(check: Check) -> None:
    found = check(FRONTEND_URL="http://localhost:3000,https://app.example.com")

    assert not {"frontend-url", "frontend-url-slash"} & set(found)
