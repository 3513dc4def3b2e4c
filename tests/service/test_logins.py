"""Agents log in with their own password, by name or address, and nobody learns whether a name is one."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config.password_hash import PasswordHash, hash_password
from mailgate.config.read import parse
from mailgate.config.settings import Config, Secret
from mailgate.service.logins import AT_ONCE, AgentLogins

DESK = """
[site]
domain = "example.com"
[out]
paused = true
[queues.support]
addresses = ["support@example.com"]
team = "all"
[teams]
all = ["nina", "omar", "kim"]
[agents.nina]
email = "nina@example.com"
also = ["nina@home.example"]
[agents.omar]
email = "omar@example.com"
[agents.kim]
email = "kim@example.com"
"""


def desk(directory: Path, **passwords: str) -> Config:
    config = parse(DESK, directory / "config.toml", {})
    hashes = {name: Secret(str(hash_password(text, name.encode() * 4))) for name, text in passwords.items()}
    return replace(config, password_hashes=hashes)


@pytest.mark.asyncio
async def test_who_is_who(tmp_path: Path) -> None:
    config = desk(tmp_path, nina="geheim-1", omar="geheim-2")
    logins = AgentLogins(lambda: config)
    expected = [
        ("nina", "geheim-1", "nina"),
        ("NINA@Example.com ", "geheim-1", "nina"),
        ("nina@home.example", "geheim-1", "nina"),
        ("omar@example.com", "geheim-2", "omar"),
        ("nina", "geheim-2", None),
        ("kim", "geheim-1", None),  # she has no password
        ("nobody", "geheim-1", None),
        ("", "", None),
        ("\0\udcff", "\0\udcff", None),
    ]
    for user, password, agent in expected:
        assert await logins.check(user, password) == agent, user


@pytest.mark.asyncio
async def test_a_reload_changes_who_may_log_in(tmp_path: Path) -> None:
    config = desk(tmp_path)
    logins = AgentLogins(lambda: config)
    assert not logins.anybody()
    assert await logins.check("nina", "geheim-1") is None
    config = desk(tmp_path, nina="geheim-1")
    assert logins.anybody()
    assert await logins.check("nina", "geheim-1") == "nina"


@pytest.mark.asyncio
async def test_an_unknown_name_costs_what_a_known_one_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = []

    def count(known: PasswordHash, password: str) -> bool:
        work.append(known.work)
        return False

    monkeypatch.setattr(PasswordHash, "matches", count)
    config = desk(tmp_path, nina="geheim-1")
    logins = AgentLogins(lambda: config)
    for user in ("nina", "kim", "nobody"):
        await logins.check(user, "x")
    assert len(set(work)) == 1
    assert len(work) == 3


@pytest.mark.asyncio
async def test_only_a_few_passwords_are_checked_at_once_and_the_loop_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, running, most = threading.Event(), [0], [0]

    def slow(known: PasswordHash, password: str) -> bool:
        running[0] += 1
        most[0] = max(most[0], running[0])
        go_on.wait(20)
        running[0] -= 1
        return False

    monkeypatch.setattr(PasswordHash, "matches", slow)
    config = desk(tmp_path, nina="geheim-1")
    logins = AgentLogins(lambda: config)
    tasks = [asyncio.create_task(logins.check("nina", "x")) for _ in range(5)]
    while running[0] < AT_ONCE:
        await asyncio.sleep(0.01)
    tasks.pop().cancel()  # a client that leaves gives its place in the row back
    go_on.set()
    assert await asyncio.gather(*tasks) == [None] * 4
    assert most[0] == AT_ONCE
