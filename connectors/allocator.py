"""Keep the memory of a long-running process from growing with its threads.

glibc gives every thread a heap of its own, up to eight a core, and lets each keep what it once needed: in a process
that serves for weeks the same kilobytes lie free eight times over. Two heaps, and large blocks that go back to the
system when they are freed, cost no measurable time here: what serves is bound by one lock of the interpreter anyway.
"""

import ctypes
import sys
from typing import Final

_ARENA_MAX: Final = -8  # M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of mallopt(3)
_MMAP_THRESHOLD: Final = -3
_TRIM_THRESHOLD: Final = -1

ARENAS: Final = 2
LARGE_BYTES: Final = 256 * 1024  # given, it no longer grows by itself with the largest block that was freed


def settle() -> bool:
    """Limit the heaps of this process; call it before threads start. Elsewhere than under glibc it changes nothing.

    Returns whether all limits were taken.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    limits = ((_ARENA_MAX, ARENAS), (_MMAP_THRESHOLD, LARGE_BYTES), (_TRIM_THRESHOLD, LARGE_BYTES))
    taken = [mallopt(ctypes.c_int(name), ctypes.c_int(value)) for name, value in limits]  # each, whatever came of one
    return taken == [1] * len(limits)
