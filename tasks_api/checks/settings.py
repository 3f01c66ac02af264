"""Settings that are missing or bad: all of them, and the rest is checked all the same."""

from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.checks.target import Subject, variables
from tasks_api.settings import Settings, SettingsError, load

SECRET = Check(
    "secret",
    Severity.FATAL,
    why="tokens are as good as their secret and no better, so the service does not start",
    fix="{fix}",
)
DATABASE_URL = Check(
    "database-url",
    Severity.FATAL,
    why="without its database the service does not start",
    fix="{fix}",
)
FRONTEND_URL = Check(
    "frontend-url",
    Severity.FATAL,
    why="browsers send the origin of a page and nothing else, so no page would be let in",
    fix="{fix}",
)
SETTING = Check(
    "setting",
    Severity.FATAL,
    why="the service does not start with it",
    fix="{fix}",
)

ENV_FILE = Check(
    "env-file",
    Severity.FATAL,
    why="the service does not start, and nothing else can be checked",
    fix="make it readable, or remove it",
)

_CHECKS = {
    "BETTER_AUTH_SECRET": SECRET,
    "BETTER_AUTH_SECRET_PREVIOUS": SECRET,
    "DATABASE_URL": DATABASE_URL,
    "DATABASE_URL_UNPOOLED": DATABASE_URL,
    "FRONTEND_URL": FRONTEND_URL,
}
_LOOKALIKES = {"DATABASE_URL": "postgresql:///", "BETTER_AUTH_SECRET": "-" * 32}


def read() -> tuple[Subject | None, list[Finding]]:
    """Read the settings, and what is wrong with them; None where nothing can be read at all."""
    try:
        found = variables()
    except (OSError, UnicodeError):
        return None, [ENV_FILE.found(str(_refusal()))]
    problems = _problems()
    settings = load(Settings, **{name.lower(): _good_value(name) for name in problems})
    findings = [_finding(name, problem) for name, problem in problems.items()]
    return Subject(settings, frozenset(problems), found), findings


def _problems() -> dict[str, str]:
    """Give what is wrong, by the names of the settings."""
    refusal = str(_refusal() or "")
    problems = [line.partition(": ") for line in refusal.splitlines()]
    return {name: problem for name, _, problem in problems}


def _refusal() -> SettingsError | None:
    try:
        load(Settings)
    except SettingsError as error:
        return error
    return None


def _good_value(name: str) -> object:
    return _LOOKALIKES.get(name) or Settings.model_fields[name.lower()].get_default()


def _finding(name: str, problem: str) -> Finding:
    what, _, fix = problem.partition("; ")
    fix = fix or f"set {name} as .env.example describes it"
    return _CHECKS.get(name, SETTING).found(f"{name}: {what}", fix=fix)
