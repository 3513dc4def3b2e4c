"""The processes that a rule set knows, and those of older texts that tickets still run on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailgate.rules.findings import Findings, TooManyProblems
from mailgate.rules.lists import WordList
from mailgate.rules.process import Process
from mailgate.rules.process_reader import read_process
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import NotYaml, parse
from mailgate.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class ProcessBook:
    """`names` and `lists`: what older texts are read with; a name that is gone since makes them unreadable."""

    processes: Mapping[str, Process] = field(default_factory=dict)
    names: Vocabulary = field(default_factory=Vocabulary)
    lists: Mapping[str, WordList] = field(default_factory=dict)

    def named(self, name: str) -> Process | None:
        """The newest version: what a ticket begins with."""
        return self.processes.get(name)

    def version(self, name: str, digest: str, texts: Mapping[str, str]) -> tuple[Process | None, str]:
        """The version with that hash, or why there is none. `texts`: older ones, by hash."""
        known = self.processes.get(name)
        if known is not None and known.hash == digest:
            return known, ""
        text = texts.get(digest)
        if text is None:
            return None, "the text of its version is not known"
        return _reread(f"processes/{name}.yaml", text, Reading(Findings(), self.names, self.lists))


def _reread(file: str, text: str, reading: Reading) -> tuple[Process | None, str]:
    try:
        root = parse(file, text).root
        found = None if root is None else read_process(file, root, text, reading)
    except NotYaml as error:
        return None, str(error)
    except TooManyProblems:
        found = None
    first = next((each.message for each in reading.findings.problems if each.severity == "error"), "it is empty")
    return found, "" if found is not None else first
