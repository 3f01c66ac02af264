"""Ports that can be given up for a while, and taken again."""

import socket
from random import SystemRandom

# Below those that the kernel gives to outgoing connections: to a port of that range on which nobody
# listens just now, a client that tries again and again sooner or later connects to itself.
_FIRST, _LAST = 20_000, 30_000


def lasting_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses, nor will while its owner is away."""
    while True:
        port = SystemRandom().randint(_FIRST, _LAST)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
