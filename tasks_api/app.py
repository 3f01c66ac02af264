"""Builds the application. The only module that knows every part of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from connexion.apps.asynchronous import AsyncApp
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.security import SecurityMiddleware
from connexion.middleware.server_error import ServerErrorMiddleware
from connexion.resolver import Resolver

from boundary import contract
from boundary.cors import CrossOrigin
from boundary.dispatch import Dispatch
from boundary.docs import Documentation
from boundary.routing import Routing
from handlers import health, problems, tasks
from persistence.database import Database
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
from tasks_api.workers import OnQuery, Workers

if TYPE_CHECKING:
    from tasks_api.observability.metrics import Metrics


def create_app(settings: Settings) -> AsyncApp:
    """Build the service. Connects to nothing: a database that is down is a 503, not a failure."""
    document = contract.load()
    tracing = configured_tracing()
    database = _database(settings, tracing)
    # `workers` is built below; it is read at each scrape.
    metrics = _metrics(settings, document, database, lambda: workers.waiting)
    workers = Workers(
        threads=settings.database_pool_size,  # Each finds a connection that nobody else uses.
        seconds=settings.request_timeout,
        patience=settings.database_pool_timeout,
        on_query=_on_query(metrics),
    )
    request_log = RequestLog(settings.better_auth_secret.get_secret_value())
    state = {
        OBSERVER: Observers(request_log, metrics) if metrics else request_log,
        METRICS: metrics and metrics.registry,
    }
    app = AsyncApp(
        "tasks_api",
        lifespan=partial(
            _lifespan, database=database, workers=workers, tracing=tracing, state=state
        ),
        middlewares=_middlewares(document, settings, tracing),
        security_map={"bearer": partial(BearerToken, token_verifier(settings))},
        resolver=Resolver(partial(_handler, database=database, workers=workers)),
    )
    for kind in problems.PROBLEMS:
        app.add_error_handler(kind, error_handler.answer)
    app.add_api(document)
    return app


def _database(settings: Settings, tracing: Tracing) -> Database:
    return Database(
        settings.database_url.get_secret_value(),
        pool_size=settings.database_pool_size,
        pool_timeout=settings.database_pool_timeout,
        connect_timeout=settings.database_connect_timeout,
        statement_timeout=settings.database_statement_timeout,
        lock_timeout=settings.database_lock_timeout,
        users_table=settings.users_table,
        user_provisioning=settings.user_provisioning,
        span=tracing.span,
    )


def _metrics(
    settings: Settings, document: dict[str, Any], database: Database, waiting: Callable[[], int]
) -> "Metrics | None":
    if settings.metrics_port is None:
        return None
    from tasks_api.observability.metrics import Metrics  # noqa: PLC0415 - only if it is configured.

    return Metrics(
        contract=document["info"]["version"],
        refusals=[refusal.code for refusal in Refusal],
        pool=lambda: database.pool_state,
        waiting=waiting,
    )


def _on_query(metrics: "Metrics | None") -> OnQuery:
    fault = DatabaseFault()
    if metrics is None:
        return fault.on_query

    def on_query(waited: float | None, error: BaseException | None) -> None:
        metrics.on_query(waited, error)
        fault.on_query(waited, error)

    return on_query


def _middlewares(document: dict[str, Any], settings: Settings, tracing: Tracing) -> list[Any]:
    """Return the middlewares in the order in which a request meets them."""
    return [
        tracing.requests,
        partial(ServerErrorMiddleware, handler=error_handler.answer),
        partial(CrossOrigin, origins=settings.frontend_url),
        ExceptionMiddleware,
        partial(Routing, fallback=Documentation(document)),
        LifespanMiddleware,
        SecurityMiddleware,
        Dispatch,
    ]


def _handler(operation_id: str, *, database: Database, workers: Workers) -> Callable[..., Any]:
    """Return the function of this name in `handlers`, in a worker thread if it takes a database.

    Raises AttributeError, which Connexion reports, if there is none.
    """
    module = tasks if hasattr(tasks, operation_id) else health
    function: Callable[..., Any] = getattr(module, operation_id)
    if "database" not in function.__annotations__:
        return function
    return workers.in_thread(partial(function, database=database))


@asynccontextmanager
async def _lifespan(
    _app: Any, *, database: Database, workers: Workers, tracing: Tracing, state: dict[str, Any]
) -> AsyncIterator[dict[str, Any]]:
    workers.start()
    yield state
    workers.stop()
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
    )
