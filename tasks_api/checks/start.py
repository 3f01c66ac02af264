"""What `tasks-api serve` makes of the findings: the fatal ones, and those only.

What the settings alone tell keeps it from starting. What the database or Better Auth tell does
not: they may mend at any time, and until then the answers are 503 or 401. It is logged.
"""

from threading import Thread

import structlog

from tasks_api.checks import secret
from tasks_api.checks.deployment import online
from tasks_api.checks.finding import Severity
from tasks_api.checks.report import sentence
from tasks_api.checks.target import Subject, variables
from tasks_api.observability.events import Event
from tasks_api.settings import Settings, SettingsError


def refuse_fatal(settings: Settings) -> None:
    """Raise SettingsError where the settings, each of which is good, must not go together."""
    found = [sentence(each) for each in secret.find(_subject(settings))]
    if found:
        raise SettingsError("\n".join(found))


def log_fatal(settings: Settings) -> None:
    """Begin to look at the database and at Better Auth, and return at once."""
    Thread(target=_log_fatal, args=(settings,), daemon=True).start()


def _log_fatal(settings: Settings) -> None:
    alone = settings.model_copy(update={"database_url_unpooled": None})  # The service connects to
    for finding in online(_subject(alone), replicas=1):  # the other one only.
        if finding.severity is Severity.FATAL:
            text = {"message": finding.message, "why": finding.why, "fix": finding.fix}
            structlog.get_logger().warning(Event.FINDING, check=finding.check, **text)


def _subject(settings: Settings) -> Subject:
    return Subject(settings, frozenset(), variables())
