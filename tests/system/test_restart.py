"""A rolling restart: one server after another on one port, under load."""

from contextlib import ExitStack
from pathlib import Path

from tests.support.api import token_of
from tests.support.clients import Load
from tests.support.database import query
from tests.support.service import free_port, running_service

RESTARTS = 4


def test_no_request_fails_and_none_is_done_twice(tmp_path: Path, database_url: str) -> None:
    port = free_port()
    load = Load(port, token_of("alice"))
    codes = []

    with ExitStack() as stack:
        for number in range(RESTARTS + 1):
            with running_service(tmp_path, database_url, PORT=str(port)) as service:
                if number == 0:
                    stack.enter_context(load.running(kept=2, fresh=2))
                load.wait_for(answers=30)
                service.process.terminate()
                codes.append(service.process.wait(timeout=60))

    stored = [title for (title,) in query(database_url, "SELECT title FROM tasks")]
    assert codes == [0] * (RESTARTS + 1)
    assert load.failures == []
    assert sorted(stored) == sorted(load.acknowledged)
