"""What is wrong with a command, said to its author, and the line as she probably meant it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wrong:
    """`said` is one short line; `corrected` the whole line put right, where there is exactly one good guess."""

    said: str
    corrected: str | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A Wrong and its place: the line's number in the new text, and the line as it was typed."""

    line: int
    text: str
    said: str
    corrected: str | None
