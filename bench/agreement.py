"""All services give the same bodies: checked before anything is timed."""

import json
import re
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPResponse
from typing import NamedTuple

from bench.contestants import BY_NAME, FLOOR
from bench.scenarios import SCENARIOS, People
from bench.servers import Server

_CHANGING = re.compile(rb'"(id|updated_at|created_at|etag)":("(?:[^"\\]|\\.)*"|\d+)')
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
_SAME_EACH_TIME = {"get", "list-100", "list-1000"}
_TIMES = ["created_at", "updated_at"]
_TASK_KEYS = ["id", "user_id", "title", "description", "completed", *_TIMES, "etag"]


class DisagreementError(Exception):
    """Two services answer the same request differently."""


class Answer(NamedTuple):
    """What is compared of an answer; headers that only some send are not.

    The tag of a list is not compared: only this service gives lists a version.
    """

    status: int
    media_type: str
    location: str
    tag: str
    body: bytes


def check(servers: Sequence[Server], people: People) -> None:
    """Compare the answers of the services, byte for byte but for what differs each time.

    What the contract refuses, each has to refuse with the same status, except for the floor, which
    validates nothing.

    Raises:
        DisagreementError: They are not the same.
    """
    for name, scenario in SCENARIOS.items():
        if scenario.is_compared:
            _check_answers(name, scenario.requests(people)[7], servers)
        if scenario.status is not None:
            chosen = [
                each for each in servers if each.contestant.name in (scenario.only or BY_NAME)
            ]
            _check_status(name, scenario.requests(people)[7], scenario.status, chosen)
    for name, (request, status) in _refused(people).items():
        _check_status(name, request, status, [each for each in servers if each.contestant != FLOOR])


def _check_answers(name: str, request: bytes, servers: Sequence[Server]) -> None:
    answers = {}
    for server in servers:
        answer = _answer(server.port, request, name)
        answers[answer] = server.contestant.title
        if name == "patch":  # Each finds it as the one before found it.
            _answer(server.port, request, name)
    if len(answers) > 1:
        told = "\n".join(f"{title}: {answer}"[:2000] for answer, title in answers.items())
        message = f"The services do not give the same answer to {name}:\n{told}"
        raise DisagreementError(message)


def _check_status(name: str, request: bytes, status: int, servers: Sequence[Server]) -> None:
    for server in servers:
        answered, _ = _ask(server.port, request)
        if answered.status != status:
            title = server.contestant.title
            message = f"{title} answers {answered.status} to {name}, and not {status}"
            raise DisagreementError(message)


def _refused(people: People) -> dict[str, tuple[bytes, int]]:
    """Give requests that have to be refused, each with the status for it."""
    one, other = people.readers[:2]
    path, other_path = (f"/api/tasks/{person.task_ids[0]}" for person in (one, other))
    forged = one._replace(token=one.token[:-4] + "AAAA")
    bodies: dict[str, dict[str, object]] = {
        "no title": {},
        "a title that is no text": {"title": 1},
        "an empty title": {"title": ""},
        "a blank title": {"title": " \t "},
        "a title that is too long": {"title": "x" * 501},
        "a description that is no text": {"title": "x", "description": 1},
        "a description that is too long": {"title": "x", "description": "x" * 65537},
        "an unknown property": {"title": "x", "completed": True},
    }
    return {
        "a forged token": (forged.request("GET", path), 401),
        "a task of another user": (one.request("GET", other_path), 404),
        "a change of a task of another user": (
            one.request("PATCH", f"{other_path}/complete"),
            404,
        ),
        **{
            f"{method} with {name}": (one.request(method, target, body), 422)
            for name, body in bodies.items()
            for method, target in (("POST", "/api/tasks"), ("PUT", path))
        },
    }


def _answer(port: int, request: bytes, name: str) -> Answer:
    """Ask for tasks, and give what has to be the same for everybody."""
    response, content = _ask(port, request)
    _expect_tasks(content)
    is_list, headers = name.startswith("list"), response.headers
    answer = Answer(
        response.status,
        headers["content-type"],
        headers.get("location", ""),
        "" if is_list else headers.get("etag", ""),
        content,
    )
    return answer if name in _SAME_EACH_TIME else _without_what_changes(answer)


def _ask(port: int, request: bytes) -> tuple[HTTPResponse, bytes]:
    """Send a request as it will be sent, and read the answer."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    method, path, _ = line.split()
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, body, dict(each.split(": ", 1) for each in headers))
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def _without_what_changes(answer: Answer) -> Answer:
    task = json.loads(answer.body)["data"]
    if isinstance(task, dict) and answer.tag != f'"{task["updated_at"]}"':
        message = f"The tag of this task is {answer.tag}: {task}"
        raise DisagreementError(message)
    return answer._replace(
        tag="",
        location=re.sub(r"\d+$", "", answer.location),
        body=_CHANGING.sub(rb'"\1":0', answer.body),
    )


def _expect_tasks(content: bytes) -> None:
    data = json.loads(content)["data"]
    for task in data if isinstance(data, list) else [data]:
        times = (task["created_at"], task["updated_at"])
        if list(task) != _TASK_KEYS or not all(_TIME.fullmatch(each) for each in times):
            message = f"This is no task: {task}"
            raise DisagreementError(message)
