"""What is wrong in a configuration, gathered while it is read, so that a person sees every mistake at once."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from mailgate.config.locate import KeyPath

NEVER_WRITTEN = "is never written in the configuration"  # ends the message of a finding whose value nobody may see


class Wrong(ValueError):
    """A value that cannot be; `mend` says what to write instead. A plain ValueError will do where there is no mend."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


def shown(text: str) -> str:
    """A value in a message: quoted, short, and nothing in it that a terminal would obey."""
    short = text if len(text) <= 80 else f"{text[:77]}..."
    return f'"{short}"' if short.isprintable() else ascii(short)


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake or warning, at a key or at its value."""

    at: KeyPath
    message: str
    mend: str = ""
    severity: str = "error"
    on_key: bool = False


@dataclass(slots=True)
class Findings:
    """The growing list. Relative paths are meant from `base`, the directory of the configuration."""

    base: Path = Path()
    found: list[Finding] = field(default_factory=list)
    misspelt: dict[KeyPath, KeyPath] = field(default_factory=dict)  # a key as it is meant -> as it is written

    def as_written(self) -> list[Finding]:
        """The findings, each at the place where the file has it."""
        return [replace(each, at=self._written(each.at)) for each in self.found] if self.misspelt else self.found

    def _written(self, at: KeyPath) -> KeyPath:
        for length in range(len(at), 0, -1):
            if (written := self.misspelt.get(at[:length])) is not None:
                return (*self._written(written), *at[length:])
        return at

    def value(self, at: KeyPath, message: str, mend: str) -> None:
        self.found.append(Finding(at, message, mend))

    def key(self, at: KeyPath, message: str, mend: str) -> None:
        self.found.append(Finding(at, message, mend, on_key=True))

    def warning(self, at: KeyPath, message: str, mend: str) -> None:
        self.found.append(Finding(at, message, mend, severity="warning", on_key=True))
