"""Child processes that cannot outlive the one that started them."""

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
    """What a child runs before its program, so that Linux ends it even where its parent is killed outright.

    Elsewhere it does nothing: there, only an orderly stop of the parent stops the child.
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
    """Ask every process to end, then kill what is left of their sessions when patience or `hurry` says so."""
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
        with contextlib.suppress(ProcessLookupError):  # the usual case: nothing is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
