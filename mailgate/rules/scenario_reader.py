"""Reads files of tests (spec/rules.md 1.7): given, then tests with steps. Total: what is wrong becomes findings."""

from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from datetime import datetime

from mailgate.duration import meant_duration, parse_duration
from mailgate.problems import Problem
from mailgate.rules.expectation_reader import ExpectationReader
from mailgate.rules.findings import Findings, TooManyProblems, quoted
from mailgate.rules.letter_reader import LetterReader
from mailgate.rules.reading import Reading, kind
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.scenario import Given, Override, Refusing, Scenario, Step, Wait, What
from mailgate.rules.syntax import MAX_NODES, Mapping, Node, NotYaml, Scalar, Sequence, decode, parse
from mailgate.rules.vocabulary import Vocabulary

FILE_KEYS = ("given", "tests")
YEARS = range(1970, 2200)
SHORT = ("mail", "eml", "expect")  # of a test of one step
TEST_KEYS = ("name", "given", "steps", *SHORT)
STEP_KINDS = ("mail", "eml", "agent", "approval", "wait", "refusing")
REFUSED = "550 5.1.1 no such user here"
Fixture = Callable[[str], bytes | str]  # the octets of a file beside the test, or why it cannot be read
Read = tuple[tuple[Scenario, ...], tuple[Problem, ...], MappingOf[str, str]]


def read_scenarios(
    files: MappingOf[str, bytes], fixtures: Callable[[str], Fixture], vocabulary: Vocabulary, rules: Ruleset | None
) -> Read:
    """The tests of all files, every mistake in them, and the texts that frames show. `files` by the path that is shown;
    `fixtures(path)` opens what lies beside that file. `rules` None: they have mistakes of their own."""
    findings = Findings()
    cases = {rule.name: len(rule.cases) for rule in rules.rules} if rules is not None else None
    sources: dict[str, str] = {}
    found: list[Scenario] = []
    try:
        for path, raw in files.items():
            findings.path = path
            sources[path] = raw.decode("utf-8-sig", "replace")
            found += _file(path, raw, Reading(findings, vocabulary), fixtures(path), cases)
    except TooManyProblems:
        findings.problems.append(Problem(findings.path, 0, 0, "there are more problems", mend="mend these first"))
    problems = tuple(sorted(findings.problems, key=lambda each: (each.path, each.line, each.column)))
    return tuple(found), problems, sources


def _file(
    path: str, raw: bytes, reading: Reading, fixture: Fixture, cases: MappingOf[str, int] | None
) -> tuple[Scenario, ...]:
    try:
        document = parse(path, decode(path, raw), MAX_NODES)
    except NotYaml as error:
        for problem in error.problems:
            reading.findings.add(problem)
        return ()
    for problem in document.problems:
        reading.findings.add(problem)
    if document.root is None:
        return ()
    expectations = ExpectationReader(reading, cases)
    return _FileReader(path, reading, LetterReader(reading, fixture), expectations).read(document.root)


@dataclass(frozen=True, slots=True)
class _FileReader:
    path: str
    reading: Reading
    letters: LetterReader
    expectations: ExpectationReader

    def read(self, root: Node) -> tuple[Scenario, ...]:
        said = self.reading.mapping(root, "a file of tests", "begin it with a line tests: and indent the rest")
        keys = {key.text: value for key, value in said.entries} if said else {}
        if isinstance(root, Sequence):
            keys = {"tests": root}  # what is wrong in it is told, too
        for key, _ in said.entries if said else ():
            if key.text not in FILE_KEYS:
                self.reading.unknown_key(key, "a file of tests", FILE_KEYS)
        given = self._given(keys["given"], Given()) if "given" in keys else Given()
        tests = keys.get("tests")
        if said is not None and tests is None:
            self.reading.error(said, "MG007", "the file has no tests", "begin it with tests: and a list")
        if tests is None or (isinstance(tests, Scalar) and tests.is_null):
            return ()
        if not isinstance(tests, Sequence):
            mend = 'begin each test with "- name: ..."'
            self.reading.error(tests, "MG007", f'"tests" is a list, not {kind(tests)}', mend)
            return ()
        named: dict[str, int] = {}
        found = [self._test(each, given, named) for each in tests.items]
        return tuple(each for each in found if each is not None)

    def _name(self, said: Mapping, node: Node | None, named: dict[str, int]) -> str | None:
        """`named`: the tests of the file by name, those with mistakes among them, each with its line."""
        if node is None:
            self.reading.error(said, "MG007", "the test has no name", "begin it with - name: what is so")
            return None
        name = self.reading.words(node, "the name of a test")
        if name is not None:
            if first := named.get(name):
                message = f"a second test {quoted(name)}, the first is in line {first}"
                self.reading.error(node, "MG002", message, "give each test a name of its own")
            named.setdefault(name, said.mark.line)
        return name

    def _test(self, node: Node, given: Given, named: dict[str, int]) -> Scenario | None:
        said = self.reading.mapping(node, "a test", "begin it with - name: ...")
        if said is None:
            return None
        keys = {key.text: value for key, value in said.entries}
        strange = [key for key, _ in said.entries if key.text not in TEST_KEYS]
        for key in strange:
            if key.text in STEP_KINDS:
                mend = f'write steps: and put "- {key.text}: ..." below it'
                self.reading.error(key, "MG007", f"{quoted(key.text)} is a step of a test, not a key of it", mend)
            else:
                self.reading.unknown_key(key, "a test", TEST_KEYS)
        name = self._name(said, keys.get("name"), named)
        given = self._given(keys["given"], given) if "given" in keys else given
        if "steps" in keys:
            if one := next((key for key, _ in said.entries if key.text in SHORT), None):
                mend = f'put "{one.text}" into one of the steps'
                self.reading.error(one, "MG007", f'a test has either steps: or "{one.text}"', mend)
            steps = self._steps(keys["steps"])
        else:
            own = tuple(each for each in said.entries if each[0].text in SHORT)
            misspelt = strange and not keys.keys() & {"mail", "eml"}  # which is told
            if misspelt and "expect" in keys:
                self.expectations.read(keys["expect"])  # what is wrong in it is told, too
            step = None if misspelt else self._step(Mapping(own, said.mark))
            steps = (step,) if step else ()
        return Scenario(name, self.path, said.mark, given, steps) if name and steps else None

    def _given(self, node: Node, before: Given) -> Given:
        said = self.reading.mapping(node, '"given"', 'write given: {now: "2026-03-02T09:30"}')
        given = before
        for key, value in said.entries if said else ():
            if key.text == "now":
                given = replace(given, now=self._moment(value) or given.now)
            elif key.text == "config":
                given = replace(given, config=(*given.config, *self._config(value)))
            else:
                self.reading.unknown_key(key, '"given"', ("now", "config"))
        return given

    def _moment(self, node: Node) -> datetime | None:
        text = self.reading.text(node, '"now"')
        try:
            moment = None if text is None else datetime.fromisoformat(text)
            if moment is not None and moment.year not in YEARS:
                raise ValueError
            return moment
        except ValueError:
            mend = 'write now: "2026-03-02T09:30", by the site\'s clock, or with an offset'
            self.reading.error(node, "MG004", f"{quoted(text or '')} is not a time", mend)
            return None

    def _config(self, node: Node) -> list[Override]:
        said = self.reading.mapping(node, '"config"', "write config: {out.delay: 0s}")
        found = []
        for key, value in said.entries if said else ():
            text = self.reading.text(value, quoted(key.text))
            if "." not in key.text:
                mend = "write it with its section, as in site.trust_unverified"
                self.reading.error(key, "MG004", f"{quoted(key.text)} is no key of config.toml", mend)
            elif text is not None:
                found.append(Override(key.text, text, key.mark))
        return found

    def _steps(self, node: Node) -> tuple[Step, ...]:
        if not isinstance(node, Sequence) or not node.items:
            mend = "write - mail: {...}, - agent: {...} or - wait: 3d"
            self.reading.error(node, "MG007", '"steps" is a list of steps', mend)
            return ()
        found = [self._step(each) for each in node.items]
        return tuple(each for each in found if each is not None)

    def _step(self, node: Node) -> Step | None:
        said = self.reading.mapping(node, "a step", "write - mail: {...}, - agent: {...} or - wait: 3d")
        if said is None:
            return None
        keys = {key.text: value for key, value in said.entries}
        for key, _ in said.entries:
            if key.text not in (*STEP_KINDS, "expect"):
                self.reading.unknown_key(key, "a step", (*STEP_KINDS, "expect"))
        expect = self.expectations.read(keys["expect"]) if "expect" in keys else None
        kinds = [name for name in STEP_KINDS if name in keys]
        if len(kinds) != 1:
            if kinds or not keys.keys() - {"expect"}:  # else a key is misspelt, which is told
                message = f"one step is one of {', '.join(kinds)}" if kinds else "nothing happens in this step"
                self.reading.error(said, "MG007", message, "give each step one of: " + ", ".join(STEP_KINDS))
            for each in kinds:
                self._what(each, keys[each])  # what is wrong in them is told, too
            return None
        what = self._what(kinds[0], keys[kinds[0]])
        return None if what is None else Step(what, expect, said.mark)

    def _what(self, name: str, node: Node) -> What | None:
        match name:
            case "mail":
                return self.letters.mail(node)
            case "eml":
                return self.letters.file(node)
            case "agent":
                return self.letters.agents(node)
            case "approval":
                return self.letters.approvers(node)
            case "refusing":
                return self._refusing(node)
            case _:
                return self._wait(node)

    def _wait(self, node: Node) -> Wait | None:
        text = self.reading.text(node, '"wait"')
        try:
            return None if text is None else Wait(parse_duration(text))
        except ValueError:
            said = meant_duration(text or "")
            mend = f'did you mean "{said}"?' if said else "write a number and s, m, h, d or w: wait: 3d"
            self.reading.error(node, "MG004", f"{quoted(text or '')} is not a duration", mend)
            return None

    def _refusing(self, node: Node) -> Refusing | None:
        if isinstance(node, Mapping):
            said = {key.text: self.reading.text(value, "a server's reply") for key, value in node.entries}
            return Refusing({address.lower(): reply or REFUSED for address, reply in said.items()})
        return Refusing({text.lower(): REFUSED for _, text in self.reading.texts(node, '"refusing"')})
