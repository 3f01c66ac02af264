"""A span for each statement, as "Semantic conventions for PostgreSQL client operations" have it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer

from persistence.errors import sqlstate_of

_OPERATION = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE)\b")
"""The first is the one that counts: behind a WITH, or before what it selects."""


@contextmanager
def traced_statement(tracer: Tracer, text: str) -> Iterator[None]:
    """Trace the run of a statement, by its text: it has the names of the values, and no value."""
    found = _OPERATION.search(text)
    operation = found[0] if found else "SQL"
    with tracer.start_as_current_span(
        operation,
        kind=SpanKind.CLIENT,
        attributes={
            "db.system.name": "postgresql",
            "db.operation.name": operation,
            "db.query.text": text,
        },
        record_exception=False,  # PostgreSQL quotes values in its messages.
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except Exception as error:
            sqlstate = sqlstate_of(error)
            if sqlstate is not None:
                span.set_attribute("db.response.status_code", sqlstate)
            span.set_attribute("error.type", sqlstate or type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR))
            raise
