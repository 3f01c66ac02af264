"""The command line. `__main__.py` is the way in.

What `serve` does not need is imported by the commands that do: Alembic takes a quarter of a second.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from tasks_api.app import create_app
from tasks_api.checks import start
from tasks_api.checks.command import check
from tasks_api.observability import log
from tasks_api.server.endings import end_as_on_ctrl_c, end_in_time, end_now
from tasks_api.server.run import AddressInUseError, listen
from tasks_api.server.run import serve as serve_app
from tasks_api.settings import MigrationSettings, Settings, SettingsError, load
from tasks_api.token_command import token


@contextmanager
def _explained(*kinds: type[Exception]) -> Iterator[None]:
    """Say in a line what the user can mend; a traceback is for defects only."""
    expected: tuple[type[Exception], ...] = (SettingsError, *kinds)
    try:
        yield
    except expected as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tasks-api")
@click.pass_context
def main(context: click.Context) -> None:
    """Tasks of many users, over HTTP, in PostgreSQL.

    Settings come from the environment, or from a file .env in the current folder.
    """
    if context.invoked_subcommand not in ("serve", "dev"):  # Those do it where it is no failure.
        signal.signal(signal.SIGINT, signal.default_int_handler)


main.add_command(check)
main.add_command(token)


@main.command()
def serve() -> None:
    """Serve the API on HOST and PORT until SIGTERM or Ctrl-C.

    Needs DATABASE_URL and BETTER_AUTH_SECRET, and a database that `migrate` has been run on.
    """
    # While it starts, Ctrl-C is a clean stop, too.
    with _explained(AddressInUseError), suppress(KeyboardInterrupt):
        end_as_on_ctrl_c()
        settings = load(Settings)
        start.refuse_fatal(settings)
        log.configure(settings.log_level)
        with listen(settings) as listener:
            app, look = create_app(settings), lambda: start.log_fatal(settings)
            serve_app(app, settings, listener, when_ready=look, when_stopping=end_in_time)
    end_now()


@main.command()
def dev() -> None:
    """Serve the API with all that it needs: for development.

    Starts a PostgreSQL of its own, with its data in the folder .local, and migrates it. What the
    environment or .env sets counts: with DATABASE_URL, that database is migrated and used.
    """
    from persistence.migrate import MigrationError  # noqa: PLC0415
    from tasks_api.dev import run as development  # noqa: PLC0415
    from tasks_api.dev.local_postgres import LocalPostgresError  # noqa: PLC0415

    explained = _explained(AddressInUseError, LocalPostgresError, MigrationError)
    with explained, suppress(KeyboardInterrupt):
        end_as_on_ctrl_c()
        development.run()


@main.command()
def migrate() -> None:
    """Bring the database to the schema of this version.

    Safe to repeat, and to run twice at once. Uses DATABASE_URL_UNPOOLED where it is set, else
    DATABASE_URL.
    """
    from persistence import migrate as migrations  # noqa: PLC0415

    with _explained(migrations.MigrationError):
        settings = load(MigrationSettings)
        warning = migrations.migrate(
            settings.migration_url,
            users_table=settings.users_table,
            users_id_type=settings.users_id_type,
        )
    if warning:
        click.echo(f"Warning: {warning}", err=True)
    click.echo("The database is at the schema of this version.")
