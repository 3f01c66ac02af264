"""The last connections of a listening socket, whose clients hold them for established."""

import asyncio
import ctypes
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

# Linux: include/uapi/asm-generic/socket.h, and the classic BPF of include/uapi/linux/filter.h.
_SO_ATTACH_FILTER = 26
_LOAD_BYTE, _JUMP_IF_ANY_BIT, _RETURN = 0x30, 0x45, 0x06
_FLAGS_OF_TCP, _SYN = 13, 0x02
_DROP, _PASS = 0, 0xFFFFFFFF

_TICK = 0.02


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


async def waiting(
    listener: socket.socket, is_too_late: Callable[[], bool]
) -> AsyncIterator[socket.socket]:
    """Accept what is established, until there is nothing left. `listener` does not block.

    Where no descriptor is left, wait for one to come free, as long as it is not too late.
    """
    while True:
        try:
            yield listener.accept()[0]
        except BlockingIOError:
            return
        except ConnectionAbortedError:
            continue  # The client has thought better of it; behind it there may be others.
        except OSError:
            if is_too_late():
                return
            await asyncio.sleep(_TICK)
