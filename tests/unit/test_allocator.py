"""The heaps that glibc gives to threads: two with our limits, more without."""

import subprocess
import sys

_PROGRAM = """
import ctypes, sys, threading
from connectors import allocator

if sys.argv[1] == "settled":
    assert allocator.settle()
wait = threading.Barrier(9)

def hold():
    kept = [bytearray(2000) for _ in range(200)]
    wait.wait()

threads = [threading.Thread(target=hold) for _ in range(8)]
for one in threads:
    one.start()
wait.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
stream = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, stream)
libc.fflush(stream)
"""


def _heaps(how: str) -> int:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM, how], capture_output=True, text=True, check=True)
    return ran.stdout.count("<heap nr=")


def test_threads_share_two_heaps_once_settled() -> None:
    assert _heaps("left alone") > 2
    assert _heaps("settled") == 2
