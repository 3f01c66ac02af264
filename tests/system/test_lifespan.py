"""What is left when the application has ended, in a process that goes on."""

import asyncio
import socket
import time

import pytest
from starlette.types import ASGIApp

from tasks_api.app import create_app
from tasks_api.server.run import configuration
from tasks_api.server.shutdown import GracefulServer
from tasks_api.settings import Settings, load
from tests.support.database import query
from tests.support.raw import request, send

SESSIONS = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'tasks-api'
"""


async def status_while_it_runs(app: ASGIApp, settings: Settings) -> int:
    config = configuration(app, settings)
    config.load()
    server = GracefulServer(config, on_started=lambda: None, on_stopping=lambda: None)
    server.lifespan = config.lifespan_class(config)
    listener = socket.create_server(("127.0.0.1", 0))
    await server.startup([listener])
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    answer = await asyncio.to_thread(send, url, request("GET /readyz", "Connection: close"))
    await server.shutdown([listener])
    return answer.status


def test_no_connection_to_the_database_outlives_the_application(
    env: pytest.MonkeyPatch, database_url: str
) -> None:
    env.setenv("DATABASE_URL", database_url)

    settings = load(Settings)
    app = create_app(settings)

    assert asyncio.run(status_while_it_runs(app, settings)) == 200
    wait_until_nobody_is_connected(database_url)


def wait_until_nobody_is_connected(url: str) -> None:
    give_up = time.monotonic() + 10
    while query(url, SESSIONS) != [(0,)]:
        assert time.monotonic() < give_up
        time.sleep(0.01)
