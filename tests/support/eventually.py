"""Waiting for what another process does in its own time."""

import time
from collections.abc import Callable

PATIENCE = 20.0  # seconds; only a failure waits so long


def eventually(comes_true: Callable[[], object]) -> bool:
    """Ask until it is so."""
    end = time.monotonic() + PATIENCE
    while not (found := bool(comes_true())) and time.monotonic() < end:
        time.sleep(0.01)
    return found
