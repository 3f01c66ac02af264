"""The application, put together: the only place that knows every part."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from connexion.apps.asynchronous import AsyncApp
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.security import SecurityMiddleware
from connexion.middleware.server_error import ServerErrorMiddleware
from connexion.resolver import Resolver

from boundary.contract import Contract, load
from boundary.cors import CrossOrigin
from boundary.dispatch import Operations
from boundary.docs import PublishedContract
from boundary.routing import Routing
from handlers import health, problems, tasks
from persistence.database import Database
from tasks_api import error_handler as observed_answer
from tasks_api.observability.observation import Observation
from tasks_api.observability.tracing.asked_for import tracing_asked_for
from tasks_api.observability.tracing.untraced import Untraced
from tasks_api.security.bearer import BearerToken
from tasks_api.security.key_set import KeySet
from tasks_api.security.verifier import TokenVerifier
from tasks_api.settings import Settings, TokenSettings
from tasks_api.workers import Workers

HANDLERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        tasks.list_tasks,
        tasks.create_task,
        tasks.get_task,
        tasks.update_task,
        tasks.delete_task,
        tasks.toggle_task,
        health.liveness,
        health.readiness,
    )
}
"""By operationId; a test holds them to the contract."""


def create_app(settings: Settings) -> AsyncApp:
    """Build the service. Connects to nothing: a database that is down is a 503, not a failure."""
    contract = load()
    tracing = tracing_asked_for()
    database = _database(settings, tracing)
    version = contract.document["info"]["version"]
    observation = Observation(settings, contract=version, pool=lambda: database.pool_state)
    workers = Workers(
        threads=settings.database_pool_size,  # Each finds a connection that nobody else uses.
        seconds=settings.request_timeout,
        patience=settings.database_pool_timeout,
        watch=observation.watch_call,
    )
    observation.observe_waiting(lambda: workers.waiting)
    app = AsyncApp(
        "tasks_api",
        lifespan=partial(
            _lifespan,
            database=database,
            workers=workers,
            settings=settings,
            observation=observation,
            tracing=tracing,
        ),
        middlewares=_middlewares(contract, settings, tracing),
        security_map={"bearer": BearerToken},
        resolver=Resolver(partial(_handler, database=database, workers=workers)),
    )
    for kind in problems.PROBLEMS:
        app.add_error_handler(kind, observed_answer.answer)
    app.add_api(contract.document)
    return app


def _database(settings: Settings, tracing: Untraced) -> Database:
    return Database(
        settings.database_url.get_secret_value(),
        pool_size=settings.database_pool_size,
        pool_timeout=settings.database_pool_timeout,
        connect_timeout=settings.database_connect_timeout,
        statement_timeout=settings.database_statement_timeout,
        lock_timeout=settings.database_lock_timeout,
        users_table=settings.users_table,
        user_provisioning=settings.user_provisioning,
        span=tracing.statement,
    )


def _middlewares(contract: Contract, settings: Settings, tracing: Untraced) -> list[Any]:
    """List what a request meets, in order, on its way to a handler."""
    return [
        tracing.requests,
        partial(ServerErrorMiddleware, handler=observed_answer.answer),
        partial(CrossOrigin, origins=settings.frontend_url),
        ExceptionMiddleware,
        partial(Routing, otherwise=PublishedContract(contract)),
        LifespanMiddleware,
        SecurityMiddleware,
        partial(Operations, contract=contract),
    ]


def _handler(operation_id: str, *, database: Database, workers: Workers) -> Any:
    function = HANDLERS[operation_id]
    if "database" not in function.__annotations__:
        return function
    return workers.run_in_time(partial(function, database=database))


@asynccontextmanager
async def _lifespan(
    _app: Any,
    *,
    database: Database,
    workers: Workers,
    settings: Settings,
    observation: Observation,
    tracing: Untraced,
) -> AsyncIterator[dict[str, Any]]:
    workers.start()
    yield {"token_verifier": token_verifier(settings), **observation.state()}
    workers.stop()
    database.dispose()
    tracing.stop()


def token_verifier(settings: TokenSettings) -> TokenVerifier:
    """Build the verifier of the secrets and the key set that the settings give."""
    previous = settings.better_auth_secret_previous
    return TokenVerifier(
        settings.better_auth_secret.get_secret_value(),
        previous_secret=previous.get_secret_value() if previous else None,
        key_set=KeySet(settings.better_auth_jwks_url) if settings.better_auth_jwks_url else None,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
    )
