"""Ctrl-C and a request to end (SIGTERM, a closed terminal) are one thing: a clean end, with one line."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Stop:
    """`asked`: the signal that asked for the end, 0 while none did."""

    asked = 0

    def __call__(self, number: int, frame) -> None:
        first, self.asked = not self.asked, number
        end_workers()
        if first:
            raise KeyboardInterrupt
        os._exit(128 + number)  # asked twice: at once


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Signals become KeyboardInterrupt in the body, also for the workers."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What was started with a signal ignored (nohup) goes on ignoring it.
    before = {number: signal.getsignal(number) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, stop)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_workers() -> None:
    """They keep nothing that is not on the disk."""
    for child in multiprocessing.active_children():
        child.kill()
