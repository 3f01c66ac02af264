"""URLs with several hosts."""

import os
import socket
import struct
import time
from threading import Thread
from urllib.parse import urlsplit

import psutil
import pytest

from persistence.connection import each_host
from persistence.errors import DatabaseUnavailable
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"dbname": "d"}, [{"dbname": "d"}]),
        ({"host": "a", "port": "1"}, [{"host": "a", "port": "1"}]),
        ({"host": "a,b"}, [{"host": "a"}, {"host": "b"}]),
        ({"host": "a,b", "port": "1"}, [{"host": "a", "port": "1"}, {"host": "b", "port": "1"}]),
        ({"host": "a,b", "port": "1,2"}, [{"host": "a", "port": "1"}, {"host": "b", "port": "2"}]),
        ({"hostaddr": "::1,::2"}, [{"hostaddr": "::1"}, {"hostaddr": "::2"}]),
    ],
)
def test_each_host_has_its_parameters(
    parameters: dict[str, str], expected: list[dict[str, str]]
) -> None:
    assert each_host(parameters) == expected


def test_a_host_that_is_silent_leaves_time_for_the_next(database_url: str) -> None:
    url = urlsplit(database_url)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = f"127.0.0.1:{silent.getsockname()[1]},127.0.0.1:1,{url.hostname}:{url.port}"
        netloc = f"{url.username}:{url.password}@{hosts}"
        database = Database(url._replace(netloc=netloc).geturl(), connect_timeout=1.5)

        assert database.revision() is not None

    database.dispose()


def test_several_hosts_share_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        database = Database(f"postgresql://p@{','.join([host] * 20)}/tasks", connect_timeout=1.5)
        started = time.monotonic()

        with pytest.raises(DatabaseUnavailable):
            database.revision()

        assert 1 <= time.monotonic() - started < 15


@pytest.mark.own_database
def test_the_kernel_gives_a_silent_network_up_within_ten_seconds(
    database: Database, database_url: str
) -> None:
    database.revision()
    port = "SELECT client_port FROM pg_stat_activity WHERE application_name = 'tasks-api'"
    ((used,),) = query(database_url, f"{port} AND datname = current_database()")
    connections = psutil.Process().net_connections("tcp4")
    (descriptor,) = (each.fd for each in connections if each.laddr.port == used)

    with socket.socket(fileno=os.dup(descriptor)) as connection:
        is_asked = connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle, interval, count, unacknowledged = (
            connection.getsockopt(socket.IPPROTO_TCP, option)
            for option in (
                socket.TCP_KEEPIDLE,
                socket.TCP_KEEPINTVL,
                socket.TCP_KEEPCNT,
                socket.TCP_USER_TIMEOUT,
            )
        )

    assert is_asked
    assert idle + interval * count < 10
    assert 0 < unacknowledged < 10_000


def test_a_server_that_refuses_in_another_encoding_is_unavailable() -> None:
    text = "rôle refusé".encode("latin-1")
    fields = b"SFATAL\0C28P01\0M" + text + b"\0\0"

    def refuse(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            if b"postgres" not in client.recv(4096):  # libpq asks for TLS first.
                client.sendall(b"N")
                client.recv(4096)
            client.sendall(b"E" + struct.pack("!I", len(fields) + 4) + fields)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=refuse, args=(listener,)).start()
        database = Database(f"postgresql://postgres@127.0.0.1:{listener.getsockname()[1]}/tasks")

        with pytest.raises(DatabaseUnavailable, match=r"r.le refus."):
            database.revision()


def test_a_name_that_cannot_be_one_is_unavailable() -> None:
    database = Database(f"postgresql://p@{'x' * 70}.example.com/tasks")

    with pytest.raises(DatabaseUnavailable, match="could not translate host name"):
        database.revision()
