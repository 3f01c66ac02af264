"""The command line. `__main__.py` is the entry point.

A command imports what `serve` does not need: Alembic alone takes a quarter of a second.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from tasks_api.app import create_app, token_verifier
from tasks_api.checks import deployment, finding
from tasks_api.observability import log
from tasks_api.security.explain import explain as explanation
from tasks_api.server import run, shutdown
from tasks_api.settings import MigrationSettings, Settings, SettingsError, TokenSettings, load

MAX_REPLICAS = 10_000
MAX_TOKEN_HOURS = 24 * 366


@contextmanager
def _explained(*kinds: type[Exception]) -> Iterator[None]:
    """Print what the user can correct as a message; a traceback is for bugs only."""
    expected: tuple[type[Exception], ...] = (SettingsError, *kinds)
    try:
        yield
    except expected as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tasks-api")
def main() -> None:
    """Tasks of many users, over HTTP, in PostgreSQL.

    Settings come from the environment, or from a file .env in the current folder.
    """


@main.command()
def serve() -> None:
    """Serve the API on HOST and PORT until SIGTERM or Ctrl-C.

    Needs DATABASE_URL and BETTER_AUTH_SECRET, and a database that `migrate` has been run on.
    """
    # Ctrl-C during the start is a clean stop as well.
    with _explained(run.AddressInUseError), suppress(KeyboardInterrupt):
        shutdown.raise_keyboard_interrupt_on_signals()
        settings = load(Settings)
        fatal = deployment.fatal_settings(settings)
        if fatal:
            raise click.ClickException("\n".join(map(str, fatal)))
        log.configure(settings.log_level)
        with run.listen(settings) as listener:
            run.serve(
                create_app(settings),
                settings,
                listener,
                on_started=lambda: deployment.log_fatal_in_background(settings),
                on_stopping=shutdown.exit_in_time,
            )
    shutdown.exit_now()


@main.command()
def dev() -> None:
    """Serve the API with everything that it needs, for development.

    Starts a PostgreSQL of its own, with its data in the folder .local, and migrates it. What the
    environment or .env sets is used: with DATABASE_URL, that database is migrated and used.
    """
    from persistence.migrate import MigrationError  # noqa: PLC0415
    from tasks_api.dev import run as development  # noqa: PLC0415
    from tasks_api.dev.local_postgres import LocalPostgresError  # noqa: PLC0415

    explained = _explained(run.AddressInUseError, LocalPostgresError, MigrationError)
    with explained, suppress(KeyboardInterrupt):
        shutdown.raise_keyboard_interrupt_on_signals()
        development.run()


@main.command()
def migrate() -> None:
    """Migrate the database to the schema of this version.

    Safe to repeat, and to run concurrently. Uses DATABASE_URL_UNPOOLED if it is set, else
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
    click.echo("The database has the schema of this version.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")
@click.option(
    "--replicas",
    type=click.IntRange(1, MAX_REPLICAS),
    default=1,
    show_default=True,
    help="How many processes of the service run at once.",
)
def check(*, as_json: bool, replicas: int) -> None:
    """Check the settings, the database and Better Auth's keys.

    Prints a line for each finding: what is wrong, why it matters, and how to fix it. The exit
    status is 1 if a finding is fatal. Changes nothing, and takes at most ten seconds.
    """
    findings = deployment.check(replicas=replicas)
    click.echo(finding.document(findings) if as_json else "\n".join(finding.lines(findings)))
    sys.exit(finding.is_fatal(findings))


class _TokenGroup(click.Group):
    """Takes `token USER_ID` for `token issue USER_ID`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["issue", *args]
        return super().parse_args(ctx, args)


@main.group(cls=_TokenGroup)
def token() -> None:
    """Print a token for a user, or explain one.

    `token USER_ID` is short for `token issue USER_ID`.
    """


@token.command()
@click.argument("user_id", default="demo-user")
@click.option("--email", help="The claim email.")
@click.option("--name", help="The claim name.")
@click.option(
    "--hours",
    type=click.IntRange(-MAX_TOKEN_HOURS, MAX_TOKEN_HOURS),
    default=24,
    show_default=True,
    help="How long it is valid; negative for one that has expired.",
)
def issue(user_id: str, email: str | None, name: str | None, hours: int) -> None:
    """Print a token for USER_ID, signed with BETTER_AUTH_SECRET.

    USER_ID is the user's id at Better Auth, or any text; demo-user by default. For development and
    tests: no one signs in, and the holder of the secret can act as any user.
    """
    from tasks_api.dev.token import development_token  # noqa: PLC0415

    with _explained():
        settings = load(TokenSettings)
    if hours * 3600 > settings.jwt_max_lifetime:
        message = f"JWT_MAX_LIFETIME is {settings.jwt_max_lifetime} seconds"
        raise click.BadParameter(message, param_hint="--hours")
    click.echo(development_token(settings, user_id, hours=hours, email=email, name=name))


@token.command()
@click.argument("text", metavar="TOKEN", default="-")
def explain(text: str) -> None:
    """Print what TOKEN contains, whether it is accepted, and if not, how to fix that.

    Without TOKEN, reads it from standard input, which keeps it out of the shell's history. Needs no
    network. Verifies with the BETTER_AUTH_SECRET of the service.
    """
    sent = sys.stdin.read() if text == "-" else text
    verifier = None
    with suppress(SettingsError):
        verifier = token_verifier(load(TokenSettings))
    for line in explanation(sent.strip().removeprefix("Bearer "), verifier):
        click.echo(line)
