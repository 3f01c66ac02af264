"""What nginx sends to another replica, and what it leaves to the service."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

import httpx
import pytest

from tests.support.api import Api, error_of, new_user
from tests.support.service import NO_TLS
from tests.system.replicas.fleet import Fleet
from tests.system.replicas.nginx import Nginx

pytestmark = pytest.mark.replicas

KEY = {"Idempotency-Key": "a-key"}


class Dying(ThreadingTCPServer):
    """A replica that dies of every request, and remembers which."""

    daemon_threads = True

    def __init__(self, requests: list[str]) -> None:
        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                requests.append(self.rfile.readline().decode().strip())

        super().__init__(("127.0.0.1", 0), Handler)
        self.port: int = self.socket.getsockname()[1]
        self._thread = Thread(target=self.serve_forever, args=(0.05,))
        self._thread.start()

    def server_close(self) -> None:
        """Stop for good; the end of a `with` block does it."""
        self.shutdown()
        self._thread.join()
        super().server_close()


@pytest.fixture
def requests() -> list[str]:
    """Give the first lines of the requests that reached a dying replica."""
    return []


@pytest.fixture
def dying(fleet: Fleet, requests: list[str], tmp_path: Path) -> Iterator[str]:
    """Give the URL of an nginx in front of three replicas that die of every request."""
    tmp_path.chmod(0o755)
    with ExitStack() as cleanup:
        replicas = [cleanup.enter_context(Dying(requests)) for _ in range(3)]
        ports = [replica.port for replica in replicas]
        nginx = Nginx(tmp_path / "nginx", fleet.postgres.cluster.programs, ports)
        cleanup.callback(nginx.close)
        yield nginx.url


@pytest.mark.parametrize(
    ("request_line", "headers", "times"),
    [
        ("GET /api/tasks", {}, 3),
        ("PUT /api/tasks/1", {}, 3),
        ("DELETE /api/tasks/1", {}, 3),
        ("POST /api/tasks", KEY, 3),
        ("POST /api/tasks", {}, 1),
        ("PATCH /api/tasks/1/complete", {}, 1),
        ("PATCH /api/tasks/1/complete", KEY, 1),
    ],
)
def test_what_a_dying_replica_was_at_is_sent_again_where_that_does_no_harm(
    dying: str, requests: list[str], request_line: str, headers: Mapping[str, str], times: int
) -> None:
    with Api(dying, "alice") as api:
        response = api.request(*request_line.split(), headers=headers, json={"title": "Buy milk"})

    assert requests == [f"{request_line} HTTP/1.1"] * times
    assert error_of(response)[:2] == (503, "SERVICE_UNAVAILABLE")
    assert response.headers["Retry-After"] == "1"


def test_a_key_does_not_change_what_is_stored(fleet: Fleet) -> None:
    with Api(fleet.nginx.url, "alice") as api:
        first = api.create(KEY, title="Buy milk", description="Ärger 🥛")
        again = api.create(KEY, title="Buy milk", description="Ärger 🥛")

    assert first.status_code == 201
    assert first.json()["data"]["description"] == "Ärger 🥛"
    assert again.content == first.content


def test_the_service_itself_refuses_what_is_too_large(fleet: Fleet) -> None:
    with Api(fleet.nginx.url, "alice") as api:
        body = api.create(title="Buy milk", description="x" * 1_500_000)
    with Api(fleet.nginx.url, "alice", token="x" * 9_000) as nobody:
        token = nobody.list()

    assert error_of(body)[:2] == (413, "PAYLOAD_TOO_LARGE")
    assert error_of(token)[:2] == (401, "UNAUTHORIZED")


def test_a_list_is_compressed(fleet: Fleet) -> None:
    with Api(fleet.nginx.url, new_user()) as api:
        api.created(description="x" * 5_000)

        lists = [api.list(), api.request("GET", "/api/tasks/?limit=10")]
        again = [api.list({"If-None-Match": answer.headers["ETag"]}) for answer in lists]
        plain = api.list({"Accept-Encoding": "identity"})

    assert [answer.headers.get("Content-Encoding") for answer in lists] == ["gzip", "gzip"]
    assert lists[0].num_bytes_downloaded < 1_000
    assert all(
        "Accept-Encoding" in answer.headers.get_list("Vary", split_commas=True) for answer in lists
    )
    assert [answer.status_code for answer in again] == [304, 304]
    assert plain.json() == lists[0].json()


def test_the_tag_of_a_task_stays_strong_and_allows_its_change(fleet: Fleet) -> None:
    long = {"title": "Buy milk", "description": "x" * 5_000}
    with Api(fleet.nginx.url, new_user()) as api:
        answers = [api.create(headers, **long) for headers in ({}, KEY)]
        number = answers[0].json()["data"]["id"]
        answers += [api.get(number), api.update(number, **long), api.toggle(number)]
        tag = answers[-1].headers["ETag"]

        changed = api.update(number, {"If-Match": tag}, **long)

    assert changed.status_code == 200
    assert [answer.headers["ETag"][0] for answer in answers] == ['"'] * 5
    assert not any("Content-Encoding" in answer.headers for answer in answers)


@pytest.mark.parametrize(
    "path",
    [
        *("/readyz", "/readyz?deep=1", "/readyz/?deep=1", "/%72eadyz?deep=1"),
        *("/./readyz", "/metrics", "/metrics/"),
    ],
)
def test_what_is_for_inside_is_not_passed_on(fleet: Fleet, path: str) -> None:
    with client_at("127.0.0.2", fleet) as outside, client_at("127.0.0.1", fleet) as inside:
        assert outside.get(path).status_code == 403
        assert inside.get(path).status_code in {200, 404}
        assert outside.get("/livez").status_code == 200


def test_a_client_that_asks_too_often_is_told_so_and_hinders_nobody(fleet: Fleet) -> None:
    with client_at("127.0.0.3", fleet) as greedy, client_at("127.0.0.4", fleet) as other:
        answers = [greedy.get("/livez")]
        with ThreadPoolExecutor(8) as crowd:  # One after the other may be slow enough to be served.
            while answers[-1].status_code == 200:  # The test's time limit is the bound.
                answers += crowd.map(lambda _: greedy.get("/livez"), range(400))
                answers.sort(key=lambda answer: answer.status_code)

        refused = [answer for answer in answers if answer.status_code == 429]
        assert answers[0].status_code == 200
        error = refused[0].json()["error"]
        assert error["code"] == "TOO_MANY_REQUESTS"
        assert error["request_id"] == refused[0].headers["X-Request-ID"]
        assert refused[0].headers["Retry-After"] == "1"
        assert other.get("/livez").status_code == 200


def client_at(address: str, fleet: Fleet) -> httpx.Client:
    """Return a client with another address of this machine."""
    transport = httpx.HTTPTransport(local_address=address, verify=NO_TLS)
    return httpx.Client(base_url=fleet.nginx.url, transport=transport, timeout=30)
