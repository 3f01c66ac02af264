"""Which connection strings are taken, and how they are read."""

import pytest

from persistence.url import connection_parameters


@pytest.mark.requirement("FR-002")
def test_neons_connection_string_keeps_every_parameter() -> None:
    url = (
        "postgresql://owner:npg_s%40cret@ep-cool-darkness-a1b2c3d4-pooler.eu-central-1.aws.neon.tech"
        "/neondb?sslmode=require&channel_binding=require&options=endpoint%3Dep-cool-darkness-a1b2c3d4"
    )

    parameters = connection_parameters(url)

    assert parameters == {
        "host": "ep-cool-darkness-a1b2c3d4-pooler.eu-central-1.aws.neon.tech",
        "dbname": "neondb",
        "user": "owner",
        "password": "npg_s@cret",
        "sslmode": "require",
        "channel_binding": "require",
        "options": "endpoint=ep-cool-darkness-a1b2c3d4",
    }


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2", "Postgres"])
def test_every_spelling_of_the_scheme_means_the_same(scheme: str) -> None:
    parameters = connection_parameters(f"{scheme}://u:p@h:5433/d")

    assert parameters == {"host": "h", "port": "5433", "dbname": "d", "user": "u", "password": "p"}


def test_several_hosts_and_sockets_are_taken_as_libpq_takes_them() -> None:
    hosts = connection_parameters("postgresql://h1:5432,h2:5433/d?target_session_attrs=read-write")
    socket = connection_parameters("postgresql:///d?host=/run/postgresql")

    assert hosts["host"] == "h1,h2"
    assert hosts["port"] == "5432,5433"
    assert socket == {"host": "/run/postgresql", "dbname": "d"}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tasks",
        "mysql://h/d",
        "sqlite:///tasks.db",
        "postgresql+asyncpg://h/d",
        "host=h dbname=d",
    ],
)
def test_another_scheme_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must start with postgresql:// or postgres://"):
        connection_parameters(url)


def test_a_parameter_that_libpq_does_not_know_is_named() -> None:
    with pytest.raises(ValueError, match='"pgbouncer"'):
        connection_parameters("postgresql://u:s3cret@h/d?pgbouncer=true")


def test_a_url_that_cannot_be_read_is_refused_without_showing_the_password() -> None:
    with pytest.raises(ValueError, match="percent-encode") as refusal:
        connection_parameters("postgresql://u:s3cret%zz@h/d")

    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:s3cret/s3cret@h/d",
        "postgresql://u:1234/s3cret@h/d",
        "postgresql://u:/s3cret@h:5432/d",
        "postgresql://u:s3cret@s3cret@h/d",
        "postgresql://u:@s3cret@h1,h2/d?sslmode=require",
    ],
)
def test_a_password_that_libpq_would_cut_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ValueError, match="percent-encode") as refusal:
        connection_parameters(url)

    assert "s3cret" not in str(refusal.value)


def test_an_at_sign_is_taken_where_it_means_something() -> None:
    encoded = connection_parameters("postgresql://u:p%40%2Fq@[::1]:5432/d%40e")
    socket = connection_parameters("postgresql:///d?host=@name&user=u@example.com")

    assert (encoded["password"], encoded["host"], encoded["dbname"]) == ("p@/q", "::1", "d@e")
    assert (socket["host"], socket["user"]) == ("@name", "u@example.com")
