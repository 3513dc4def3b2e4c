"""Whole conversations of customers and agents by mail (spec/agents.md 7): what comes of each, and every outgoing mail.

A directory is a case; `case.py` says how it is written, `clients.py` how its mails are. Everything is compared to the
byte, without masks: clock, ids and keys are the same in each run and on each database.
"""

import difflib
from pathlib import Path

import pytest

from tests.conversations.case import directories, read_case
from tests.conversations.clients import decoded
from tests.conversations.conversation import Conversation
from tests.conversations.promises import broken


@pytest.mark.parametrize("directory", directories(), ids=lambda path: path.name)
def test_a_conversation_goes_as_it_is_written(
    directory: Path, migrated_url: str, tmp_path: Path, rewrite: bool
) -> None:
    conversation = Conversation(read_case(directory), migrated_url, tmp_path)
    conversation.run()
    made = conversation.files
    if rewrite:
        _write(directory, made)
    differs = _differing(directory, made)
    assert not differs, "\n".join(differs)
    assert not (found := broken(conversation)), "\n".join(found)


def _written(directory: Path) -> dict[str, bytes]:
    paths = [*directory.glob("out-*.eml"), *directory.glob("expect.toml")]
    return {path.name: path.read_bytes() for path in paths}


def _differing(directory: Path, made: dict[str, bytes]) -> list[str]:
    """The files that are not as they were written, each with what a reader would see of the difference."""
    expected = _written(directory)
    lines = []
    for name in sorted(expected.keys() | made.keys()):
        before, now = expected.get(name), made.get(name)
        if before != now:
            shown = difflib.unified_diff(_shown(name, before), _shown(name, now), f"{name} expected", name, lineterm="")
            lines += [f"{directory.name}/{name} differs", *shown]
    return lines


def _shown(name: str, content: bytes | None) -> list[str]:
    if content is None:
        return []
    return (content.decode() if name.endswith(".toml") else decoded(content)).splitlines()


def _write(directory: Path, made: dict[str, bytes]) -> None:
    for name in _written(directory).keys() - made.keys():
        directory.joinpath(name).unlink()
    for name, content in made.items():
        directory.joinpath(name).write_bytes(content)
