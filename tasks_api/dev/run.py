"""`make run`: the service with everything that it needs, on this machine, without any set-up."""

import secrets
from contextlib import ExitStack
from pathlib import Path

import click
from pydantic import SecretStr

from persistence.migrate import migrate
from tasks_api.app import create_app
from tasks_api.dev.local_postgres import LocalPostgres
from tasks_api.dev.token import development_token
from tasks_api.observability import log
from tasks_api.server.run import listen, serve
from tasks_api.settings import Given, Problem, Settings, SettingsError, load

FOLDER = Path(".local")
"""The database and the secret of this checkout; git ignores it."""

TOKEN_HOURS = 24
GREETING = (
    "\n"
    "  The API       {address}/api/tasks\n"
    "  Try it out    {address}/docs\n"
    "\n"
    "  Create a task, with a token that is valid for a day:\n"
    "\n"
    "curl -i {address}/api/tasks -H 'Authorization: Bearer {token}'"
    """ -H 'Content-Type: application/json' -d '{{"title": "Buy milk"}}'\n"""
    "\n"
    "  Ctrl-C stops it. The tasks are kept for the next time.\n"
)

NOT_STARTED_YET = "postgresql://127.0.0.1/not-started-yet"


def run() -> None:
    """Serve until Ctrl-C. What the environment or `.env` sets is used as it is.

    Raises:
        SettingsError, AddressInUseError, LocalPostgresError, MigrationError: Before it serves.
    """
    given = load(Given)
    settings = load(Settings, **_defaults(given))
    if given.public_url is None:
        settings = settings.model_copy(update={"public_url": _address(settings)})
    log.configure(settings.log_level)
    with ExitStack() as stack:
        listener = stack.enter_context(listen(settings))
        if given.database_url is None:
            postgres = stack.enter_context(LocalPostgres(FOLDER / "postgres"))
            local = {"database_url": SecretStr(postgres.url), "database_url_unpooled": None}
            settings = settings.model_copy(update=local)
        warning = migrate(
            settings.migration_url,
            users_table=settings.users_table,
            users_id_type=settings.users_id_type,
        )
        if warning:
            click.echo(f"Warning: {warning}", err=True)
        serve(create_app(settings), settings, listener, on_started=lambda: _greet(settings))


def _defaults(given: Given) -> dict[str, str]:
    defaults = {}
    if given.database_url is None:
        defaults["database_url"] = NOT_STARTED_YET
    if given.better_auth_secret is None:
        defaults["better_auth_secret"] = _kept_secret(FOLDER / "better-auth-secret")
    if given.frontend_url is None:
        defaults["frontend_url"] = "http://localhost:3000"
    return defaults


def _kept_secret(file: Path) -> str:
    """Read the secret that the first run created, so that tokens outlive a restart."""
    try:
        if not file.exists():
            _make_secret(file)
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        where = str(getattr(error, "filename", None) or file)
        reason = getattr(error, "strerror", None) or "it contains no secret"
        raise SettingsError(
            [Problem(where, f"cannot be used ({reason})", "move it away")]
        ) from error


def _make_secret(file: Path) -> None:
    # Only a complete file gets the name, so that an interrupted run leaves no half of a secret.
    file.parent.mkdir(exist_ok=True)
    draft = file.with_suffix(".incomplete")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_urlsafe(32), encoding="ascii")
    draft.rename(file)


def _greet(settings: Settings) -> None:
    token = development_token(settings, "demo-user", hours=TOKEN_HOURS, name="Demo User")
    click.echo(GREETING.format(address=_address(settings), token=token))


def _address(settings: Settings) -> str:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to call, not listen.
    host = everywhere.get(settings.host, settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
