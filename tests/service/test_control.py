"""The control socket: asked and answered beside a running loop, however deep its directory lies."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mailgate.service.control import Control, ask


async def _status(request: dict[str, Any]) -> dict[str, Any]:
    return {"ready": True, "asked": request["command"]}


@pytest.mark.asyncio
async def test_a_command_is_answered_in_a_directory_too_deep_for_a_socket_name(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*("a-rather-long-name-for-a-directory" for _ in range(5)))
    deep.mkdir(parents=True)
    control = Control(deep, {"status": _status})
    await control.start()
    try:
        assert await asyncio.to_thread(ask, deep, "status") == {"ready": True, "asked": "status"}
        assert await asyncio.to_thread(ask, deep, "dance") == {"error": "unknown command"}
    finally:
        await control.stop()
    assert not list(deep.iterdir())


def test_nobody_at_home_is_no_answer(tmp_path: Path) -> None:
    assert ask(tmp_path, "status") is None
    assert ask(tmp_path / "missing", "status") is None


@pytest.mark.asyncio
async def test_the_socket_of_a_killed_daemon_is_replaced(tmp_path: Path) -> None:
    first = Control(tmp_path, {"status": _status})
    await first.start()
    second = Control(tmp_path, {"status": _status})
    await second.start()
    try:
        assert await asyncio.to_thread(ask, tmp_path, "status") is not None
    finally:
        await second.stop()
        await first.stop()
