"""Turns the files of a set into rules: every text first, then what they say, as files speak of each other."""

from collections.abc import Mapping, Set
from dataclasses import replace

from mailgate.problems import Problem, nearest
from mailgate.rules.file_reader import FileReader
from mailgate.rules.files import PROCESSES, QUEUES, byte_order
from mailgate.rules.findings import Findings, quoted
from mailgate.rules.lists import WordList, list_name, read_list
from mailgate.rules.process import Process
from mailgate.rules.process_book import ProcessBook
from mailgate.rules.process_reader import read_process
from mailgate.rules.reading import MAKING, Reading, entries_in
from mailgate.rules.rule import Rule
from mailgate.rules.syntax import MAX_NODES, Mark, Node, NotYaml, Scalar, Sequence, decode, parse
from mailgate.rules.vocabulary import Vocabulary


class Compiler:
    """See the module. `rules` are in the order in which they run; `texts` and `sources` are what frames show."""

    def __init__(self, findings: Findings, vocabulary: Vocabulary, where: str) -> None:
        self._findings, self._vocabulary, self._where = findings, vocabulary, where
        self._nodes_left = MAX_NODES
        self._documents: dict[str, Node | None] = {}
        self._lists: dict[str, WordList] = {}
        self._broken: set[str] = set()
        self._unread: set[str] = set()  # lists
        self._processes: dict[str, Process] = {}
        self.rules: list[Rule] = []
        self.sources: dict[str, str] = {}
        self.texts: dict[str, str] = {}

    def path(self, name: str) -> str:
        return f"{self._where}/{name}".encode("utf-8", "replace").decode()

    def all(self, files: Mapping[str, bytes]) -> None:
        ordered = sorted(files, key=byte_order)
        for name in ordered:
            self._take(name, files[name])
        of_processes = [name for name in self._documents if name.startswith(f"{PROCESSES}/") and name.count("/") == 1]
        known = frozenset(name.removeprefix(f"{PROCESSES}/").removesuffix(".yaml") for name in of_processes)
        self._vocabulary = replace(self._vocabulary, processes=known)
        reading = Reading(self._findings, self._vocabulary, self._lists)
        self._read_processes(of_processes, reading)
        reader = FileReader(self._documents, frozenset(self._broken), reading, self._where)
        general = [name for name in self._documents if "/" not in name]
        of_queues = [name for name in self._documents if _queue_of(name) is not None]
        for name in (*general, *of_queues):
            self._findings.path = self.path(name)
            queue = _queue_of(name)
            if queue is None or self._is_queue(queue):
                self.rules += reader.read(name, queue)
        self._unused(reader, general, of_queues, of_processes)

    @property
    def book(self) -> ProcessBook:
        """The processes, and what older texts of theirs are read with."""
        return ProcessBook(self._processes, self._vocabulary, self._lists)

    def _read_processes(self, names: list[str], reading: Reading) -> None:
        for name in names:
            self._findings.path = self.path(name)
            root = self._documents[name]
            if root is None:
                continue  # which was told
            process = read_process(name, root, self.texts[name], reading)
            if process is not None:
                self._processes[process.name] = process

    def _take(self, name: str, raw: bytes) -> None:
        """The text of one file, as a tree or as a list."""
        findings, path = self._findings, self.path(name)
        findings.path = path
        self.sources[path] = raw.decode("utf-8-sig", "replace")
        listed = list_name(name)
        try:
            text = decode(path, raw)
            if listed is not None:
                self._list(listed, path, text)
            else:
                document = parse(path, text, self._nodes_left)
                self._nodes_left -= document.nodes
                self._documents[name] = document.root
                for problem in document.problems:
                    findings.add(problem)
        except NotYaml as error:
            for problem in error.problems:
                findings.add(problem)
            self._stand_in(name, listed, path)
            return
        self.texts[name] = text

    def _stand_in(self, name: str, listed: str | None, path: str) -> None:
        """What cannot be read is there all the same: who names it is not wrong, too."""
        if listed is not None:
            self._lists[listed] = WordList(listed, path, ())
            self._unread.add(listed)
        else:
            self._documents[name] = None
            self._broken.add(name)

    def _list(self, name: str, path: str, text: str) -> None:
        found = read_list(name, path, text)
        if isinstance(found, Problem):
            self._findings.add(found)
            self._stand_in("", name, path)
            return
        self._lists[name] = found

    def _is_queue(self, name: str) -> bool:
        if name in self._vocabulary.queues:
            return True
        near = nearest(name, self._vocabulary.queues)
        mend = f'rename it: did you mean "{near}"?' if near else f"rename it, or {MAKING['queue']}"
        message = f"no queue {quoted(name)}: a file in queues/ bears the name of one"
        self._findings.error(self._beginning(self._findings.path), "MG101", message, mend)
        return False

    def _unused(self, reader: FileReader, *read: list[str]) -> None:
        """What looks as if it did something."""
        known = reader.included.union(*read)
        for name in self._documents:
            if name not in known:
                message, mend = "nothing reads this file", "include it, or move it up into the directory of rules"
                self._warn_of(self.path(name), message, mend)
        if self._broken:
            return  # what is in it may use them
        used = reader.reading.unfolded
        for name, words in self._lists.items():
            if name not in used.lists | self._unread | self._named("list", self._lists.keys()):
                message, mend = "no rule uses this list", f"ask for it, as in from: {{list: {name}}}, or take it out"
                self._warn_of(words.path, message, mend)
        named = self._named("use", {macro.name for macro in reader.macros})
        unused = [macro for macro in reader.macros - used.macros if macro.name not in named]
        for macro in sorted(unused, key=lambda each: (each.path, each.node.mark.line)):
            with self._findings.inside(macro.path):
                self._findings.warning(macro.node, "MG207", "no rule uses this macro", "take it out, or use it")

    def _named(self, key: str, known: Set[str]) -> Set[str]:
        """What stands behind a key in rules that could not be read; all where one of them may be misspelt."""
        if not self._findings.errors:
            return frozenset()
        found: set[str] = set()
        for root in self._documents.values():
            for name, value in entries_in(root) if root is not None else ():
                nodes = value.items if isinstance(value, Sequence) else (value,)
                found |= {each.text if isinstance(each, Scalar) else "" for each in nodes if name.text == key}
                if name.text == key and not nodes:
                    return known
        return found if found <= known else known

    def _warn_of(self, path: str, message: str, mend: str) -> None:
        with self._findings.inside(path):
            self._findings.warning(self._beginning(path), "MG207", message, mend)

    def _beginning(self, path: str) -> Mark:
        """The first line stands for the file."""
        lines = self.sources[path].splitlines()
        return Mark(1, 1, max(1, len(lines[0])) if lines else 1)


def _queue_of(file: str) -> str | None:
    """The queue whose tickets the rules of a file are for: `billing` of queues/billing.yaml."""
    directory, _, name = file.rpartition("/")
    return name.removesuffix(".yaml") if directory == QUEUES else None
