"""What can be wrong with a request, as exceptions. `handlers.problems` maps them to answers."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Violation(NamedTuple):
    """One way in which a request violates the contract.

    Attributes:
        code: One of `ViolationCode` of the contract.
        location: `body`, or where OpenAPI says that a parameter is.
        field: The property or parameter; `body` for the body as a whole.
        message: For people; the contract defines it.
    """

    code: str
    location: str
    field: str
    message: str


class RequestRefused(Exception):
    """The request does not reach a handler."""


class MalformedRequest(RequestRefused):
    """The bytes are not an HTTP request."""


class HeadersTooLarge(RequestRefused):
    """The request line and the headers exceed the limit."""


class RouteNotFound(RequestRefused):
    """No operation of the contract has this path."""


class MethodNotAllowed(RequestRefused):
    """The path exists, but not with this method."""

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__()
        self.allow = ", ".join(sorted(allowed))
        """The value of the `Allow` header (RFC 9110, section 10.2.1)."""


class Unauthenticated(RequestRefused):
    """The token proves no identity. The message says why, and is part of the answer.

    It is also part of a header (RFC 6750, section 3): ASCII, without quotes or backslashes.
    """


class UnsupportedMediaType(RequestRefused):
    """By its headers, the body is not JSON in UTF-8."""


class UnsupportedCoding(UnsupportedMediaType):
    """By its headers, the body is compressed."""


class PayloadTooLarge(RequestRefused):
    """The body exceeds the limit of the contract."""


class RequestTimeout(RequestRefused):
    """The body was not received in time."""


class Overloaded(RequestRefused):
    """There is no memory for the answer, or for the body, until others have been sent."""


class ServiceStopping(RequestRefused):
    """The service stops before it has received or answered the request."""


class ContractViolation(RequestRefused):
    """The request is complete and violates the contract."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__()
        self.violations = violations
