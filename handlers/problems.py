"""The one table from exceptions to error answers, and its renderer.

An exception that is not in the table is a bug: 500, and nothing of it is shown.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from connexion.exceptions import Unauthorized
from connexion.lifecycle import ConnexionResponse

from boundary import errors as request
from persistence import errors as database

MAX_DETAILS_BYTES = 1536
"""The share of `details` in the 2 KiB that an error body has at most, whatever was sent."""

MAX_ECHO = 64
"""Characters of a name that came from the client and is repeated in the answer."""


class Problem(NamedTuple):
    """One kind of failure, as the contract declares it.

    A message of None stands for the text of the exception, which its class promises to be fit for
    callers. `headers` takes the exception and the message, `violations` takes the exception.
    """

    status: int
    code: str
    message: str | None
    headers: Callable[[Any, str], dict[str, str]] = lambda _error, _message: {}
    violations: Callable[[Any], Sequence[request.Violation]] = lambda _error: ()


def _challenge(_error: Unauthorized, _message: str) -> dict[str, str]:
    return {"WWW-Authenticate": 'Bearer realm="tasks"'}


def _invalid_token(_error: Exception, message: str) -> dict[str, str]:
    # RFC 6750, section 3. The messages are ours, without quotes or backslashes.
    challenge = f'Bearer realm="tasks", error="invalid_token", error_description="{message}"'
    return {"WWW-Authenticate": challenge}


def _allow(error: request.MethodNotAllowed, _message: str) -> dict[str, str]:
    return {"Allow": error.allow}


def _close(_error: Exception, _message: str) -> dict[str, str]:
    # RFC 9110, section 15.5.9: the rest of this body must not be taken for a request.
    return {"Connection": "close"}


def _retry_after(_error: Exception, _message: str) -> dict[str, str]:
    return {"Retry-After": "1"}


def _violations(error: request.ContractViolation) -> Sequence[request.Violation]:
    return error.violations


def _reuse(_error: database.IdempotencyKeyReused) -> Sequence[request.Violation]:
    message = "Idempotency-Key was used with another body"
    return [request.Violation("REUSED", "header", "Idempotency-Key", message)]


def _accept(_error: request.UnsupportedMediaType, _message: str) -> dict[str, str]:
    return {"Accept": "application/json"}  # RFC 9110, section 12.5.1.


def _accept_encoding(_error: request.UnsupportedCoding, _message: str) -> dict[str, str]:
    return {"Accept-Encoding": "identity"}  # RFC 9110, section 15.5.16.


INVALID = "The request is not valid"
UNKNOWN_USER = "The user of this token no longer exists"
NO_TOKEN = "A token is required. Send Authorization: Bearer <JWT>."  # noqa: S105 - a message.
NO_JSON = "The request body must be application/json in UTF-8"
COMPRESSED = "The request body must not be compressed"
REUSED = "The Idempotency-Key was used with another body"
TOO_SLOW = "The request body was not received in time"
CHANGED = "The task has changed since it was read"
UNCHANGED = "The task has one of the versions of If-None-Match"
LIST_CHANGED = "The list has changed since it was read"
TOO_MANY = "You have as many tasks as you may keep. Delete some, then try again."
TOO_MUCH = "Your tasks have as much text as you may keep. Delete or shorten some, then try again."
TOO_LARGE = "The request body is larger than 1048576 bytes"
OVERLOADED = "The service has too much to do. Please try again."
STOPPING = "The service is restarting. Please try again."
UNREACHABLE = "The database is unreachable or overloaded. Please try again."
NOT_MIGRATED = "The database schema is older than this service expects"

PROBLEMS: Mapping[type[Exception], Problem] = {
    request.MalformedRequest: Problem(400, "BAD_REQUEST", "Malformed HTTP request"),
    Unauthorized: Problem(401, "UNAUTHORIZED", NO_TOKEN, _challenge),
    request.Unauthenticated: Problem(401, "UNAUTHORIZED", None, _invalid_token),
    database.OwnerNotFound: Problem(401, "UNAUTHORIZED", UNKNOWN_USER, _invalid_token),
    request.RouteNotFound: Problem(404, "NOT_FOUND", "No resource has this path"),
    database.TaskNotFound: Problem(404, "NOT_FOUND", "Task not found"),
    request.MethodNotAllowed: Problem(405, "METHOD_NOT_ALLOWED", "Method not allowed", _allow),
    request.RequestTimeout: Problem(408, "REQUEST_TIMEOUT", TOO_SLOW, _close),
    database.TooManyTasks: Problem(409, "LIMIT_REACHED", TOO_MANY),
    database.TooMuchText: Problem(409, "LIMIT_REACHED", TOO_MUCH),
    database.TaskChanged: Problem(412, "PRECONDITION_FAILED", CHANGED),
    database.TaskUnchanged: Problem(412, "PRECONDITION_FAILED", UNCHANGED),
    database.ListChanged: Problem(412, "PRECONDITION_FAILED", LIST_CHANGED),
    request.PayloadTooLarge: Problem(413, "PAYLOAD_TOO_LARGE", TOO_LARGE),
    request.UnsupportedMediaType: Problem(415, "UNSUPPORTED_MEDIA_TYPE", NO_JSON, _accept),
    request.UnsupportedCoding: Problem(415, "UNSUPPORTED_MEDIA_TYPE", COMPRESSED, _accept_encoding),
    request.ContractViolation: Problem(422, "VALIDATION_ERROR", INVALID, violations=_violations),
    database.IdempotencyKeyReused: Problem(
        422, "IDEMPOTENCY_KEY_REUSED", REUSED, violations=_reuse
    ),
    request.HeadersTooLarge: Problem(
        431, "HEADERS_TOO_LARGE", "The request line and headers are too large"
    ),
    Exception: Problem(500, "INTERNAL_ERROR", "Internal server error"),
    request.Overloaded: Problem(503, "SERVICE_UNAVAILABLE", OVERLOADED, _retry_after),
    request.ServiceStopping: Problem(503, "SERVICE_UNAVAILABLE", STOPPING, _retry_after),
    database.TooManyWaiting: Problem(503, "SERVICE_UNAVAILABLE", OVERLOADED, _retry_after),
    database.Abandoned: Problem(503, "SERVICE_UNAVAILABLE", OVERLOADED, _retry_after),
    database.DatabaseUnavailable: Problem(503, "SERVICE_UNAVAILABLE", UNREACHABLE, _retry_after),
    database.SchemaNotReady: Problem(503, "SCHEMA_NOT_READY", NOT_MIGRATED, _retry_after),
}


class Rendered(NamedTuple):
    """An error answer, ready to be sent."""

    status: int
    headers: dict[str, str]
    body: bytes


def rendered(error: Exception, *, request_id: str) -> Rendered:
    """Render an exception by the table."""
    problem = _problem_of(error)
    message = problem.message or str(error)
    body: dict[str, object] = {
        "code": problem.code,
        "message": message,
        "request_id": request_id,
    }
    violations = problem.violations(error)
    if violations:
        body["details"] = _details(violations)
    headers = problem.headers(error, message)
    return Rendered(problem.status, headers, orjson.dumps({"error": body}))


def answer(error: Exception, *, request_id: str) -> ConnexionResponse:
    """Answer an exception by the table."""
    status, headers, body = rendered(error, request_id=request_id)
    return ConnexionResponse(  # type: ignore[no-untyped-call]  # Connexion is untyped.
        status_code=status, mimetype="application/json", headers=headers, body=body
    )


def is_unhandled(error: Exception) -> bool:
    """Return whether an exception is a bug, that is, not in the table."""
    return _problem_of(error) is PROBLEMS[Exception]


def _problem_of(error: Exception) -> Problem:
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def _details(violations: Sequence[request.Violation]) -> list[dict[str, str]]:
    """List as many violations as fit, and say how many do not."""
    details: list[dict[str, str]] = []
    room = MAX_DETAILS_BYTES
    for code, location, field, message in violations:
        name = field if len(field) <= MAX_ECHO else field[:MAX_ECHO] + "…"
        details.append({"code": code, "in": location, "field": name, "message": message})
        room -= len(orjson.dumps(details[-1])) + len(",")
        if room < 0:
            left_out = len(violations) - len(details) + 1
            details[-1] = {"code": "MORE", "in": location, "field": location}
            details[-1]["message"] = f"{left_out} more violations"
            break
    return details
