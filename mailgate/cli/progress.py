"""A line on stderr that grows while something long is done: share, rate, what is left; nothing where nobody looks."""

import sys
import time
from types import TracebackType

WIDTH = 22
_EVERY = 0.2  # seconds
_BLOCKS = " ▏▎▍▌▋▊▉█"


class Progress:
    """`with Progress("mails") as progress: progress(done, of)`; the line is gone at the end."""

    def __init__(self, what: str, *, quiet: bool = False) -> None:
        self._what = what
        self._shown = sys.stderr.isatty() and not quiet
        self._began = time.monotonic()
        self._next = self._began

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        if self._shown and now >= self._next:
            self._next = now + _EVERY
            print(f"\r{line(self._what, done, of, now - self._began)}\x1b[K", end="", file=sys.stderr, flush=True)


def line(what: str, done: int, of: int, seconds: float) -> str:
    """` ████▌     45%  540/1,204 mails  220/s  ETA 0:00:03`"""
    share = min(1.0, done / of) if of else 1.0
    rate = done / seconds if seconds > 0 else 0.0
    left = int((of - done) / rate) if rate else 0
    eta = f"{left // 3600}:{left // 60 % 60:02}:{left % 60:02}"
    return f" {_bar(share)} {share:4.0%}  {done:,}/{of:,} {what}  {rate:,.0f}/s  ETA {eta}"


def _bar(share: float) -> str:
    eighths = int(share * WIDTH * 8)
    whole, rest = divmod(eighths, 8)
    return (_BLOCKS[-1] * whole + (_BLOCKS[rest] if rest else "")).ljust(WIDTH)
