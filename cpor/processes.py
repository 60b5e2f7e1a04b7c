"""Child processes that cannot outlive the process that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

PR_SET_PDEATHSIG = 1
STOP_PATIENCE_SECONDS = 10


def bound_to_this_process(stop_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """Return a function for a child to run before its program, so that Linux ends it even if its parent is killed.

    On other systems it does nothing: there, only an orderly stop of the parent stops the child.
    """
    parent = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def bind() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, stop_signal)
            if os.getppid() != parent:
                os._exit(1)

    return bind


def stop_all(
    processes: Iterable[subprocess.Popen[bytes]],
    *,
    stop_signal: int = signal.SIGTERM,
    patience: float = STOP_PATIENCE_SECONDS,
    hurry: Callable[[], bool] = lambda: False,
) -> None:
    """Ask every process to end, then kill the rest of their sessions after `patience` seconds or on `hurry`."""
    started = list(processes)
    for process in started:
        if process.poll() is None:
            process.send_signal(stop_signal)
    deadline = time.monotonic() + patience
    while any(process.poll() is None for process in started):
        if time.monotonic() > deadline or hurry():
            break
        time.sleep(0.05)
    for process in started:
        with contextlib.suppress(ProcessLookupError):  # usually nothing is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
