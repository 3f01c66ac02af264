"""All services give the same bodies: checked before anything is timed."""

import json
import re
from collections.abc import Sequence
from http.client import HTTPConnection
from typing import NamedTuple

from bench.scenarios import SCENARIOS, People
from bench.servers import Server

_CHANGING = re.compile(rb'"(id|updated_at|created_at)":("[^"]*"|\d+)')
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
_SAME_EACH_TIME = {"get", "list-100", "list-1000"}
_TASK_KEYS = ["id", "user_id", "title", "description", "completed", "created_at", "updated_at"]


class DisagreementError(Exception):
    """Two services answer the same request differently."""


class Answer(NamedTuple):
    """What is compared of an answer; headers that only some send are not."""

    status: int
    media_type: str
    location: str
    body: bytes


def check(servers: Sequence[Server], people: People) -> None:
    """Compare the answers of the services, byte for byte but for what differs each time.

    Raises:
        DisagreementError: They are not the same.
    """
    for name, scenario in SCENARIOS.items():
        if name == "mix":
            continue
        request = scenario.requests(people)[7]
        answers = {}
        for server in servers:
            answer = _comparable(_ask(server.port, request), exact=name in _SAME_EACH_TIME)
            answers[answer] = server.contestant.title
            if name == "patch":  # Each finds it as the one before found it.
                _ask(server.port, request)
        if len(answers) > 1:
            told = "\n".join(f"{title}: {answer}"[:2000] for answer, title in answers.items())
            message = f"The services do not give the same answer to {name}:\n{told}"
            raise DisagreementError(message)


def _ask(port: int, request: bytes) -> Answer:
    """Send a request as it will be sent, and read the answer."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    method, path, _ = line.split()
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, dict(each.split(": ", 1) for each in headers))
    got = connection.getresponse()
    content = got.read()
    connection.close()
    _expect_tasks(content)
    return Answer(got.status, got.headers["content-type"], got.headers.get("location", ""), content)


def _comparable(answer: Answer, *, exact: bool) -> Answer:
    if exact:
        return answer
    return answer._replace(
        location=re.sub(r"\d+$", "", answer.location), body=_CHANGING.sub(rb'"\1":0', answer.body)
    )


def _expect_tasks(content: bytes) -> None:
    data = json.loads(content)["data"]
    for task in data if isinstance(data, list) else [data]:
        times = (task["created_at"], task["updated_at"])
        if list(task) != _TASK_KEYS or not all(_TIME.fullmatch(each) for each in times):
            message = f"This is no task: {task}"
            raise DisagreementError(message)
