"""What is wrong in a configuration, gathered while it is read, so that a person sees every mistake at once."""

from dataclasses import dataclass, field

from mailgate.config.locate import KeyPath


class Wrong(ValueError):
    """A value that cannot be; `mend` says what to write instead. A plain ValueError will do where there is no mend."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


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
    """The growing list."""

    found: list[Finding] = field(default_factory=list)

    def value(self, at: KeyPath, message: str, mend: str = "") -> None:
        self.found.append(Finding(at, message, mend))

    def key(self, at: KeyPath, message: str, mend: str = "") -> None:
        self.found.append(Finding(at, message, mend, on_key=True))

    def warning(self, at: KeyPath, message: str, mend: str = "") -> None:
        self.found.append(Finding(at, message, mend, severity="warning", on_key=True))
