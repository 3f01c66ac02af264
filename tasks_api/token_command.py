"""`tasks-api token`."""

import sys
from contextlib import suppress

import click

from tasks_api.app import token_verifier
from tasks_api.dev.token import development_token
from tasks_api.security.explain import explain as explanation
from tasks_api.settings import SettingsError, TokenSettings, load

LONGEST_HOURS = 24 * 366


class _Token(click.Group):
    """Takes `token USER_ID` for `token issue USER_ID`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = ["issue", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Token)
def token() -> None:
    """Print a token for a user, or explain one.

    `token USER_ID` is short for `token issue USER_ID`.
    """


@token.command()
@click.argument("user_id", default="demo-user")
@click.option("--email", help="An e-mail address for it to state.")
@click.option("--name", help="A name for it to state.")
@click.option(
    "--hours",
    type=click.IntRange(-LONGEST_HOURS, LONGEST_HOURS),
    default=24,
    show_default=True,
    help="How long it is valid; negative for one that has expired.",
)
def issue(user_id: str, email: str | None, name: str | None, hours: int) -> None:
    """Print a token for USER_ID, signed with BETTER_AUTH_SECRET.

    USER_ID is the user's id at Better Auth, or any text; demo-user where it is left out.
    For development and tests: nobody signs in, and whoever has the secret can be anybody.
    """
    try:
        settings = load(TokenSettings)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    click.echo(development_token(settings, user_id, hours=hours, email=email, name=name))


@token.command()
@click.argument("text", metavar="TOKEN", default="-")
def explain(text: str) -> None:
    """Say what TOKEN holds, whether it would be accepted, and if not, how to mend that.

    Reads the token from standard input where it is left out, which keeps it out of the history of
    the shell. Works without a network. Verifies with the BETTER_AUTH_SECRET of the service.
    """
    sent = sys.stdin.read() if text == "-" else text
    judge = None
    with suppress(SettingsError):
        judge = token_verifier(load(TokenSettings))
    for line in explanation(sent.strip().removeprefix("Bearer "), judge):
        click.echo(line)
