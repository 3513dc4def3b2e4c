"""What a run cost: the figures, and the CPU and memory of a tree of processes, read from /proc."""

import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measured:
    """One run: mails a second, CPU a mail (all processes), resident memory at its peak, the delay of the 250."""

    rate: float
    cpu_ms: float
    rss_mb: float  # of the main process
    tree_mb: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    tickets: int | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Use:
    """CPU seconds (own and of children that ended) and resident octets."""

    cpu: float
    resident: int


def use(pid: int) -> Use:
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return Use(0.0, 0)
    return Use(sum(map(int, fields[11:15])) / _TICKS, int(fields[21]) * _PAGE)


def family(root: int) -> Iterator[int]:
    """A process and all below it."""
    yield root
    try:
        threads = list(Path(f"/proc/{root}/task").iterdir())
        children = {int(pid) for thread in threads for pid in (thread / "children").read_text().split()}
    except OSError:
        return
    for child in children:
        yield from family(child)


class Watch:
    """Samples a process tree ten times a second while it is the context; then `cpu`, `rss` and `tree` are known."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.rss = self.tree = 0
        self.cpu = 0.0

    def __enter__(self) -> Self:
        self._before = self._cpu()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.cpu = self._cpu() - self._before

    def _cpu(self) -> float:
        return sum(use(pid).cpu for pid in family(self._pid))

    def _sample(self) -> None:
        while True:
            self.rss = max(self.rss, use(self._pid).resident)
            self.tree = max(self.tree, sum(use(pid).resident for pid in family(self._pid)))
            if self._ended.wait(0.1):
                return
