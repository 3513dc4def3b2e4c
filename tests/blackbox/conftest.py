"""What black-box tests share: a sink, daemons that are ended with the test, programs that must be there."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.support.daemon import Daemon
from tests.support.sink_process import Sink


class Desk(Protocol):
    """Makes a daemon; it is started unless `started=False`."""

    def __call__(self, *, started: bool = True, **options: Any) -> Daemon: ...


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A smarthost on loopback that takes everything; `respond` can be replaced."""
    with Sink() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """`desk(smarthost=..., database_url=..., options=...)`: a daemon as `tests.support.daemon.Daemon` makes it."""
    if "database_url" in request.fixturenames:
        request.getfixturevalue("database_url")  # made before the daemon, so dropped after it
    with ExitStack() as stack:
        made = 0

        def make(*, started: bool = True, **options: Any) -> Daemon:
            nonlocal made
            made += 1
            daemon = Daemon(options.pop("directory", tmp_path / f"desk{made}"), **options)
            stack.callback(daemon.close)
            return daemon.start() if started else daemon

        yield make


def need(program: str) -> str:
    """The path of a program that a test drives. Where it is missing the test fails in CI, and elsewhere is skipped."""
    found = shutil.which(program)
    if found is None:
        reason = f"needs the program {program} (Debian: apt-get install {program})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found
