"""Builds the application. The only module that knows every part of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from connexion.apps.asynchronous import AsyncApp
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.security import SecurityMiddleware
from connexion.resolver import Resolver
from starlette.responses import Response

from boundary import contract
from boundary.cors import CrossOrigin
from boundary.dispatch import Dispatch
from boundary.docs import Documentation
from boundary.memory import Memory
from boundary.routing import Routing
from handlers import health, problems, tasks
from persistence.database import Database
from persistence.pool import PoolState
from tasks_api import error_handler
from tasks_api.observability.exchange import METRICS, OBSERVER, Observers
from tasks_api.observability.faults import DatabaseFault
from tasks_api.observability.request_log import RequestLog
from tasks_api.observability.tracing import Tracing, configured_tracing
from tasks_api.security.bearer import BearerToken
from tasks_api.security.key_set import KeySet
from tasks_api.security.refusals import Refusal
from tasks_api.security.verifier import TokenVerifier
from tasks_api.settings import Settings, TokenSettings

if TYPE_CHECKING:
    from tasks_api.observability.metrics import Metrics


Handler = Callable[..., Awaitable[Response]]
OnOutcome = Callable[[Exception | None], None]
"""Called after each operation that uses the database, with what it raised."""


def create_app(settings: Settings) -> AsyncApp:
    """Build the service. Connects to nothing: a database that is down is a 503, not a failure."""
    document = contract.load()
    tracing = configured_tracing()
    # `database` is built below; it is read at each scrape.
    metrics = _metrics(settings, document, lambda: database.pool_state)
    # A quarter is for bodies, so that bodies that never arrive delay no answer.
    bodies = Memory(settings.max_unsent_bytes // 4)
    memory = Memory(settings.max_unsent_bytes * 3 // 4)
    database = _database(settings, tracing, metrics, memory)
    request_log = RequestLog(settings.better_auth_secret.get_secret_value())
    state = {
        OBSERVER: Observers(request_log, metrics) if metrics else request_log,
        METRICS: metrics and metrics.registry,
    }
    app = AsyncApp(
        "tasks_api",
        lifespan=partial(_lifespan, database=database, tracing=tracing, state=state),
        middlewares=_middlewares(settings, tracing, memory, bodies),
        security_map={"bearer": partial(BearerToken, token_verifier(settings))},
        resolver=Resolver(
            partial(
                _handler,
                bound={"database": database, "prefix": settings.public_path},
                on_outcome=_on_outcome(metrics),
            )
        ),
    )
    for kind in problems.PROBLEMS:
        app.add_error_handler(kind, error_handler.answer)
    app.add_api(document)
    return app


def _database(
    settings: Settings, tracing: Tracing, metrics: "Metrics | None", memory: Memory
) -> Database:
    return Database(
        settings.database_url.get_secret_value(),
        pool_size=settings.database_pool_size,
        pool_timeout=settings.database_pool_timeout,
        request_timeout=settings.request_timeout,
        connect_timeout=settings.database_connect_timeout,
        statement_timeout=settings.database_statement_timeout,
        lock_timeout=settings.database_lock_timeout,
        max_tasks=settings.max_tasks_per_user,
        max_text=settings.max_text_per_user,
        users_table=settings.users_table,
        user_provisioning=settings.user_provisioning,
        hold=memory.hold,
        span=tracing.span,
        on_wait=metrics.on_wait if metrics else lambda _seconds: None,
    )


def _metrics(
    settings: Settings, document: dict[str, Any], pool: Callable[[], PoolState]
) -> "Metrics | None":
    if settings.metrics_port is None:
        return None
    from tasks_api.observability.metrics import Metrics  # noqa: PLC0415 - only if it is configured.

    return Metrics(
        contract=document["info"]["version"],
        operations=contract.operations(document),
        refusals=[refusal.code for refusal in Refusal],
        pool=pool,
    )


def _on_outcome(metrics: "Metrics | None") -> OnOutcome:
    fault = DatabaseFault()
    if metrics is None:
        return fault.on_outcome

    def on_outcome(error: Exception | None) -> None:
        metrics.on_outcome(error)
        fault.on_outcome(error)

    return on_outcome


def _middlewares(
    settings: Settings,
    tracing: Tracing,
    memory: Memory,
    bodies: Memory,
) -> list[Any]:
    """Return the middlewares in the order in which a request meets them."""
    return [
        tracing.requests,
        partial(CrossOrigin, origins=settings.frontend_url),
        ExceptionMiddleware,
        partial(Routing, fallback=Documentation(settings.public_url)),
        LifespanMiddleware,
        SecurityMiddleware,
        partial(Dispatch, memory=memory, bodies=bodies),
    ]


def _handler(operation_id: str, *, bound: dict[str, Any], on_outcome: OnOutcome) -> Handler:
    """Return the function of this name in `handlers`, with those of the `bound` that it takes.

    Raises AttributeError, which Connexion reports, if there is none.
    """
    module = tasks if hasattr(tasks, operation_id) else health
    function: Handler = getattr(module, operation_id)
    taken = {name: value for name, value in bound.items() if name in function.__annotations__}
    if "database" not in taken:
        return function

    @wraps(function)
    async def handler(**arguments: Any) -> Response:
        try:
            response = await function(**arguments, **taken)
        except Exception as error:
            on_outcome(error)
            raise
        on_outcome(None)
        return response

    return handler


@asynccontextmanager
async def _lifespan(
    _app: Any, *, database: Database, tracing: Tracing, state: dict[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    yield state
    database.dispose()
    tracing.stop()


def token_verifier(settings: TokenSettings) -> TokenVerifier:
    """Build the verifier with the secrets and the key set of the settings."""
    previous = settings.better_auth_secret_previous
    return TokenVerifier(
        settings.better_auth_secret.get_secret_value(),
        previous_secret=previous.get_secret_value() if previous else None,
        key_set=KeySet(settings.better_auth_jwks_url) if settings.better_auth_jwks_url else None,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        max_lifetime=settings.jwt_max_lifetime,
    )
