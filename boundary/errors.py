"""What a request can get wrong, as exceptions. `handlers.problems` says how each is answered."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Violation(NamedTuple):
    """One way in which a request breaks the contract.

    Attributes:
        field: The property or parameter; `body` where it is the body as a whole.
        message: For people, in the contract's words.
    """

    field: str
    message: str


class RequestRefused(Exception):
    """The request cannot reach a handler. The message is fit for the caller to read."""


class MalformedRequest(RequestRefused):
    """These bytes are no HTTP request."""


class HeadersTooLarge(RequestRefused):
    """The request line and the headers are larger than the service reads."""


class RouteNotFound(RequestRefused):
    """No operation of the contract has this path."""


class MethodNotAllowed(RequestRefused):
    """The path exists, without this method."""

    def __init__(self, allowed: Iterable[str]) -> None:
        super().__init__()
        self.allow = ", ".join(sorted(allowed))
        """The value of the `Allow` header (RFC 9110, section 10.2.1)."""


class Unauthenticated(RequestRefused):
    """The token proves nothing. The message tells a developer what to mend.

    It goes into a header as well, so it holds no quote, no backslash and ASCII only.
    """


class UnsupportedMediaType(RequestRefused):
    """The body is not JSON in UTF-8, by its headers."""


class PayloadTooLarge(RequestRefused):
    """The body is larger than the contract allows."""


class RequestTimeout(RequestRefused):
    """The body stopped arriving."""


class ServiceStopping(RequestRefused):
    """The service ends before the request was received or answered."""


class ContractViolation(RequestRefused):
    """The request is complete and breaks the contract."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__()
        self.violations = violations
