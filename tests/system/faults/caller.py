"""Sends requests as one user, and notes every answer."""

import time
from collections.abc import Collection, Mapping

import orjson

from tests.support.api import token_of
from tests.support.jws import DAY, in_
from tests.system.faults.channel import Channel, Reply, Unanswered
from tests.system.faults.journal import Answer, Journal, flaw_of


class Caller:
    """The service on `port`, in the hands of one user."""

    def __init__(self, port: int, user_id: str, journal: Journal) -> None:
        self._channel = Channel(port, journal.refused)
        self._user_id = user_id
        self._token = token_of(user_id, exp=in_(DAY))
        self._journal = journal

    async def ask(  # noqa: PLR0913 -- each is a part of a request
        self,
        operation: str,
        method: str,
        path: str,
        *,
        task: Mapping[str, object] | None = None,
        key: str | None = None,
        also: Collection[int] = (),
    ) -> Reply | None:
        """Give the answer if it is a success, or has a status in `also`; None for any other."""
        request = self._request(method, path, task, key)
        began = time.monotonic()
        try:
            await self._channel.open()
            began = time.monotonic()
            reply = await self._channel.exchange(request)
        except Unanswered as failure:
            self._note(operation, 0, began, str(failure))
            return None
        self._note(operation, reply.status, began, flaw_of(reply, also=also))
        return reply if reply.status in {200, 201, 204, *also} else None

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def _note(self, operation: str, status: int, began: float, flaw: str) -> None:
        ended = time.monotonic()
        self._journal.answers.append(Answer(self._user_id, operation, status, began, ended, flaw))

    def _request(
        self, method: str, path: str, task: Mapping[str, object] | None, key: str | None
    ) -> bytes:
        body = b"" if task is None else orjson.dumps(task)
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: tasks.example",
            f"Authorization: Bearer {self._token}",
            *([f"Idempotency-Key: {key}"] if key else []),
            *(["Content-Type: application/json"] if body else []),
            *([f"Content-Length: {len(body)}"] if body else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body
