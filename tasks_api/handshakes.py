"""The last connections of a listening socket, whose clients hold them for established."""

import ctypes
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress

# Linux: include/uapi/asm-generic/socket.h, and the classic BPF of include/uapi/linux/filter.h.
_SO_ATTACH_FILTER = 26
_LOAD_BYTE, _JUMP_IF_ANY_BIT, _RETURN = 0x30, 0x45, 0x06
_FLAGS_OF_TCP, _SYN = 13, 0x02
_DROP, _PASS = 0, 0xFFFFFFFF


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("if_true", ctypes.c_uint8),
        ("if_false", ctypes.c_uint8),
        ("operand", ctypes.c_uint32),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


_NO_SYN = (_Instruction * 4)(
    _Instruction(_LOAD_BYTE, 0, 0, _FLAGS_OF_TCP),
    _Instruction(_JUMP_IF_ANY_BIT, 0, 1, _SYN),
    _Instruction(_RETURN, 0, 0, _DROP),
    _Instruction(_RETURN, 0, 0, _PASS),
)


def begin_no_more(listener: socket.socket) -> None:
    """Ignore who wants to connect; whoever has begun to, finishes.

    Who is ignored tries again in a second, by the rules of TCP, and meets the next service, or
    nobody. Elsewhere than on Linux this does nothing.
    """
    if sys.platform == "linux":
        program = _Program(len(_NO_SYN), _NO_SYN)
        with suppress(OSError):  # Some sandboxes know no filters.
            listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, bytes(program))


def waiting(listener: socket.socket) -> Iterator[socket.socket]:
    """Accept what is established, until there is nothing left. `listener` does not block."""
    with suppress(BlockingIOError):
        while True:
            yield listener.accept()[0]
