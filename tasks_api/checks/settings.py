"""Checks of the settings alone: invalid ones, secrets that are public, and the URLs."""

from collections.abc import Iterator

from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.checks.target import DatabaseAddress, Target, variables
from tasks_api.settings import ENV_FILE, PartialSettings, Problem, Settings, SettingsError, load

SECRET = Check(
    "secret",
    Severity.FATAL,
    why="the service does not start, because tokens are only as safe as their secret",
    fix="{fix}",
)
DATABASE_URL = Check(
    "database-url",
    Severity.FATAL,
    why="the service does not start without its database",
    fix="{fix}",
)
FRONTEND_URL = Check(
    "frontend-url",
    Severity.FATAL,
    why="browsers compare it with the origin of the page, so no page could call the API",
    fix="{fix}",
)
SETTING = Check(
    "setting",
    Severity.FATAL,
    why="the service does not start with it",
    fix="{fix}",
)
DOT_ENV = Check(
    "env-file",
    Severity.FATAL,
    why="the service does not start, and nothing else could be checked",
    fix="{fix}",
)
PUBLISHED = Check(
    "secret-published",
    Severity.FATAL,
    why="Next.js writes variables with this prefix into its pages, so everybody can read it",
    fix="remove {variable}, build the frontend again, and replace the secret",
)
TRAILING_SLASH = Check(
    "frontend-url-slash",
    Severity.WARNING,
    why="an origin has no slash at its end; this service removes it, other programs may not",
    fix="write {origin}",
)
SCHEME = Check(
    "database-scheme",
    Severity.WARNING,
    why="this service accepts it, but SQLAlchemy and others that read the same variable do not",
    fix="begin {setting} with postgresql://",
)
TLS = Check(
    "database-tls",
    Severity.WARNING,
    why="if the server offers no TLS, or an attacker on the way removes the offer, the connection "
    "is not encrypted",
    fix="add sslmode=require to {setting}",
)
CHANNEL_BINDING = Check(
    "database-channel-binding",
    Severity.WARNING,
    why="sslmode=require verifies no certificate, so an attacker on the way could impersonate Neon",
    fix="add channel_binding=require to {setting}",
)
POOLED_MIGRATIONS = Check(
    "migrations-pooled",
    Severity.FATAL,
    why="a migration is one long transaction with locks, which a pooler may refuse or interrupt",
    fix="set DATABASE_URL_UNPOOLED to the connection string without -pooler",
)
NO_DIRECT_URL = Check(
    "migrations-unset",
    Severity.WARNING,
    why="migrations use the pooler, which may refuse or interrupt a long transaction",
    fix="set DATABASE_URL_UNPOOLED to the connection string without -pooler",
)
AUDIENCE = Check(
    "audience-unset",
    Severity.WARNING,
    why="what Better Auth signs for other applications, such as an id_token, is told from the "
    "tokens of this service by their claims, and not by their audience",
    fix="set JWT_AUDIENCE to the audience of the jwt() plugin: its own option, or the base URL",
)

PUBLIC_PREFIX = "NEXT_PUBLIC_"
SECRETS = (
    "BETTER_AUTH_SECRET",
    "BETTER_AUTH_SECRET_PREVIOUS",
    "DATABASE_URL",
    "DATABASE_URL_UNPOOLED",
)

MIN_RECOGNIZABLE_LENGTH = 8
"""A shorter secret may be part of any value by chance."""

_CHECKS = {
    "BETTER_AUTH_SECRET": SECRET,
    "BETTER_AUTH_SECRET_PREVIOUS": SECRET,
    "DATABASE_URL": DATABASE_URL,
    "DATABASE_URL_UNPOOLED": DATABASE_URL,
    "FRONTEND_URL": FRONTEND_URL,
    ENV_FILE: DOT_ENV,
}


def read() -> tuple[Target | None, list[Finding]]:
    """Read the settings, and return what is wrong with them; no target if `.env` is unreadable."""
    problems = _problems()
    findings = [_finding(problem) for problem in problems]
    names = frozenset(problem.name for problem in problems)
    if ENV_FILE in names:
        return None, findings
    defaults = {
        name.lower(): PartialSettings.model_fields[name.lower()].get_default() for name in names
    }
    return Target(load(PartialSettings, **defaults), names, variables()), findings


def find(target: Target) -> Iterator[Finding]:
    """Find what the settings and the variables tell, without a network."""
    yield from find_published_secrets(target)
    yield from _trailing_slashes(target)
    for address in target.addresses:
        yield from _connection(address)
    yield from _migrations(target)
    if not target.settings.jwt_audience:
        yield AUDIENCE.found("JWT_AUDIENCE is not set")


def find_published_secrets(target: Target) -> Iterator[Finding]:
    """Find the public variables that are named like a secret, or contain one."""
    for variable, value in target.variables.items():
        if variable.startswith(PUBLIC_PREFIX):
            secret = _named_in(variable) or _contained_in(value, target)
            if secret:
                yield PUBLISHED.found(f"{variable} publishes {secret}", variable=variable)


def _problems() -> list[Problem]:
    try:
        load(Settings)
    except SettingsError as error:
        return error.problems
    return []


def _finding(problem: Problem) -> Finding:
    fix = problem.fix or f"set {problem.name} as .env.example describes it"
    check = _CHECKS.get(problem.name, SETTING)
    return check.found(f"{problem.name}: {problem.what}", fix=fix)


def _named_in(variable: str) -> str | None:
    named = [name for name in SECRETS if name in variable]
    return max(named, key=len, default=None)


def _contained_in(value: str, target: Target) -> str | None:
    for name in SECRETS:
        secret = target.variables.get(name, "").strip()
        if value == secret or (len(secret) >= MIN_RECOGNIZABLE_LENGTH and secret in value):
            return name
    return None


def _trailing_slashes(target: Target) -> Iterator[Finding]:
    if "FRONTEND_URL" in target.invalid:
        return
    written = [part.strip() for part in target.variables.get("FRONTEND_URL", "").split(",")]
    for part in written:
        if part.endswith("/"):
            origin = part.removesuffix("/")
            yield TRAILING_SLASH.found(f"FRONTEND_URL: {part} ends with a slash", origin=origin)


def _connection(address: DatabaseAddress) -> Iterator[Finding]:
    setting = address.setting
    if address.scheme == "postgres":
        yield SCHEME.found(f"{setting} begins with postgres://", setting=setting)
    if not (address.is_local or address.requires_tls or address.declines_tls):
        yield TLS.found(f"{address} does not require TLS", setting=setting)
    if address.is_neon and not address.is_authenticated:
        yield CHANNEL_BINDING.found(f"{address} does not require channel binding", setting=setting)


def _migrations(target: Target) -> Iterator[Finding]:
    if target.direct_database:
        if target.direct_database.is_pooled:
            yield POOLED_MIGRATIONS.found("DATABASE_URL_UNPOOLED names a pooler (-pooler)")
    elif target.database and target.database.is_pooled:
        yield NO_DIRECT_URL.found(
            "DATABASE_URL names a pooler (-pooler), and DATABASE_URL_UNPOOLED is not set"
        )
