"""The command block of an agent's mail, read: what she orders, and every mistake at once, each with its mend.

Fails closed: one mistake, and nothing of the mail is done (spec/agents.md 3). Never raises.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mailgate.commands.arguments import Desk, read_value
from mailgate.commands.block import Block, BlockLine
from mailgate.commands.catalogue import near_verbs
from mailgate.commands.contradictions import claims
from mailgate.commands.line import LONGEST_LINE, Line, read_line
from mailgate.commands.mistake import Mistake, Wrong
from mailgate.commands.names import Names
from mailgate.commands.values import Command
from mailgate.commands.words import either
from mailgate.phrases.phrase import Phrase

MOST_LINES = 50
_SHOWN = LONGEST_LINE


@dataclass(frozen=True, slots=True)
class Ordered:
    """A command, and the line that says it."""

    line: int
    text: str
    command: Command


@dataclass(frozen=True, slots=True)
class Orders:
    """A block as it was understood. A command that stands there twice is there once."""

    commands: tuple[Ordered, ...]
    mistakes: tuple[Mistake, ...]


@dataclass(frozen=True, slots=True)
class _Guess:
    """A wrong line, and the command that its correction would be."""

    line: BlockLine
    wrong: Wrong
    command: Command | None


def read_orders(block: Block, names: Names, now: datetime, zone: ZoneInfo) -> Orders:
    """What the lines of a block order. `now` is aware; times are meant in `zone`."""
    desk = Desk(names, now, zone)
    taken = _Taken()
    commands: list[Ordered] = []
    guesses: list[_Guess] = []
    for line in block.lines[:MOST_LINES]:
        read = read_one(line.text, desk)
        if isinstance(read, Wrong):
            guesses.append(_Guess(line, *_checked(read, desk)))
        elif said := taken.against(read):
            guesses.append(_Guess(line, Wrong(said), None))
        elif read not in (each.command for each in commands):
            taken.add(read, line)
            commands.append(Ordered(line.number, line.text, read))
    mistakes = [_mistake(each, taken) for each in guesses]
    if len(block.lines) > MOST_LINES:
        said = Phrase("too many commands", most=MOST_LINES)
        mistakes.append(_mistake(_Guess(block.lines[MOST_LINES], Wrong(said), None), taken))
    return Orders(tuple(commands), tuple(mistakes))


def as_corrected(block: Block, orders: Orders) -> Block | None:
    """The block with every wrong line put right, to be read again; None where a mistake has no correction."""
    corrected: dict[int, str] = {}
    for mistake in orders.mistakes:
        if mistake.corrected is None:
            return None
        corrected[mistake.line] = mistake.corrected
    return replace(
        block, lines=tuple(replace(line, text=corrected.get(line.number, line.text)) for line in block.lines)
    )


class _Taken:
    """What the lines so far have decided."""

    def __init__(self) -> None:
        self._decided: dict[str, tuple[str, BlockLine]] = {}

    def add(self, command: Command, line: BlockLine) -> None:
        for what, how in claims(command):
            self._decided.setdefault(what, (how, line))

    def against(self, command: Command) -> str:
        """Why a command cannot stand beside the lines so far; empty where it can."""
        for what, how in claims(command):
            before, line = self._decided.get(what, (how, None))
            if before != how and line:
                return Phrase("contradicts", line=line.number, what=what, text=line.text[:_SHOWN])
        return ""


def _mistake(guess: _Guess, taken: _Taken) -> Mistake:
    """A correction that would contradict another line is none."""
    corrected = guess.wrong.corrected
    if guess.command and taken.against(guess.command):
        corrected = None
    elif guess.command:
        taken.add(guess.command, guess.line)
    text = guess.line.text
    return Mistake(guess.line.number, text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…", guess.wrong.said, corrected)


def _checked(wrong: Wrong, desk: Desk) -> tuple[Wrong, Command | None]:
    """A correction that is itself a mistake is none."""
    read = read_one(wrong.corrected, desk) if wrong.corrected else wrong
    return (replace(wrong, corrected=None), None) if isinstance(read, Wrong) else (wrong, read)


def read_one(text: str, desk: Desk) -> Command | Wrong:
    """What one line orders."""
    if len(text) > LONGEST_LINE:
        return Wrong(Phrase("line too long", most=LONGEST_LINE))
    line = read_line(text)
    if line is None:
        return Wrong(Phrase("no command line"))
    if line.verb is None:
        return _unknown(line, desk)
    if not line.verb.offered:
        return Wrong(Phrase("not offered", verb=line.verb.name))
    return read_value(line.verb, line.value, desk)


def _unknown(line: Line, desk: Desk) -> Wrong:
    verbs = near_verbs(line.word)
    if not verbs:
        return Wrong(Phrase("unknown command"))
    said = Phrase("did you mean command", verbs=either(tuple(f"#{verb.name}" for verb in verbs)))
    if len(verbs) > 1 or not verbs[0].offered:
        return Wrong(said if verbs[0].offered or len(verbs) > 1 else Phrase("but not offered", said=said))
    value = read_value(verbs[0], line.value, desk)
    if isinstance(value, Wrong):
        return Wrong(Phrase("but then", said=said, wrong=value.said), value.corrected)
    return Wrong(said, f"#{verbs[0].name} {line.value}".rstrip())
