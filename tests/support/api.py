"""A client of one user, which holds every answer to the contract."""

import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Self

import httpx
import jwt
import schemathesis
import yaml

from tests.support.coverage import OPERATIONS, headers_of
from tests.support.paths import ROOT
from tests.support.service import NO_TLS, SECRET

CONTRACT = ROOT / "openapi" / "tasks.yaml"


def declared_statuses() -> dict[str, Any]:
    """Return the contract without `default`, so that every status has to be declared."""
    document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    for item in document["paths"].values():
        for operation in item.values():
            if "responses" in operation:
                del operation["responses"]["default"]
    return document


schema = schemathesis.openapi.from_dict(declared_statuses())

_users = count(1)

Headers = Mapping[str, str] | None


def claims_of(user_id: str, /, **claims: object) -> dict[str, object]:
    """Return the claims of a token that is good for five minutes."""
    now = int(time.time())
    return {"sub": user_id, "iat": now, "exp": now + 300, **claims}


def token_of(user_id: str, /, *, secret: str = SECRET, **claims: object) -> str:
    """Sign a token as Better Auth does with its secret."""
    return jwt.encode(claims_of(user_id, **claims), secret, algorithm="HS256")


def new_user() -> str:
    """Return the id of a user whom no other test knows."""
    return f"user-{next(_users)}-{time.time_ns()}"


class Api:
    """The service in the hands of one user.

    An empty token stands for none. Every answer is checked against the contract: its status is
    declared, its headers and its body have the declared shape.
    """

    def __init__(self, url: str, user_id: str, token: str | None = None) -> None:
        self.url = url
        self.user_id = user_id
        self.token = token_of(user_id) if token is None else token
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=30, verify=NO_TLS)

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        self._client.close()

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request, and hold the answer to the contract."""
        response = self._client.request(method, path, **options)
        conforms(response)
        return response

    def list(self, headers: Headers = None, /) -> httpx.Response:
        """`list_tasks`."""
        return self.request("GET", "/api/tasks", headers=headers)

    def create(self, headers: Headers = None, /, **task: object) -> httpx.Response:
        """`create_task`."""
        return self.request("POST", "/api/tasks", headers=headers, json=task)

    def get(self, task_id: object, headers: Headers = None, /) -> httpx.Response:
        """`get_task`."""
        return self.request("GET", f"/api/tasks/{task_id}", headers=headers)

    def update(self, task_id: object, headers: Headers = None, /, **task: object) -> httpx.Response:
        """`update_task`."""
        return self.request("PUT", f"/api/tasks/{task_id}", headers=headers, json=task)

    def delete(self, task_id: object, headers: Headers = None, /) -> httpx.Response:
        """`delete_task`."""
        return self.request("DELETE", f"/api/tasks/{task_id}", headers=headers)

    def toggle(self, task_id: object, headers: Headers = None, /) -> httpx.Response:
        """`toggle_task`."""
        return self.request("PATCH", f"/api/tasks/{task_id}/complete", headers=headers)

    def created(self, **task: object) -> dict[str, Any]:
        """Create a task and return it."""
        response = self.create(**{"title": "Buy milk", **task})
        assert response.status_code == 201, response.text
        data: dict[str, Any] = response.json()["data"]
        return data


def conforms(response: httpx.Response) -> None:
    """Fail where the answer is not one that the contract declares for this operation."""
    request = response.request
    operation = schema.find_operation_by_path(request.method, request.url.path)
    # `HEAD` is declared by its `GET`, whose body it lacks.
    if operation is not None and request.method != "HEAD":
        operation.validate_response(response)
        name = operation.definition.raw["operationId"]
        answer = OPERATIONS[name].responses[str(response.status_code)]
        undeclared = headers_of(response) - {header.lower() for header in answer["headers"]}
        assert not undeclared, f"{name}, {response.status_code}: {undeclared}"


def answer_of(response: httpx.Response) -> tuple[int, bytes, str, str]:
    """Return everything of a 201 that could differ from another one."""
    assert response.status_code == 201, response.text
    headers = response.headers
    return response.status_code, response.content, headers["Location"], headers["ETag"]


def error_of(response: httpx.Response) -> tuple[int, str, str]:
    """Return status, code and message of an error."""
    error = response.json()["error"]
    return response.status_code, error["code"], error["message"]


def violations_of(response: httpx.Response) -> list[tuple[str, str]]:
    """Return the fields and messages of a 422."""
    assert response.status_code == 422, response.text
    error = response.json()["error"]
    assert error["request_id"] == response.headers["X-Request-ID"]
    return [(detail["field"], detail["message"]) for detail in error["details"]]


SignIn = Callable[..., Api]
