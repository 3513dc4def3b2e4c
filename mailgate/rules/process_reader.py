"""Reads a process of processes/NAME.yaml (spec/rules.md 1.10); what is wrong becomes findings, all of them at once."""

import hashlib
import re
from collections.abc import Mapping as MappingOf
from dataclasses import replace

from mailgate.rules.findings import quoted
from mailgate.rules.process import FIELD_TYPES, FieldType, Process, Step
from mailgate.rules.process_check import check_graph
from mailgate.rules.process_step_reader import StepReader
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence

PROCESS_KEYS = ("process", "title", "version", "start", "fields", "steps")
ENTERED = "step.entered"  # what is done in a step is done at this event
MAX_STEPS = 100
_FIELD = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_FEWER = "let one process start another"
_FORM = "begin it with process: NAME, version: 1, start: STEP and steps:"


def hash_of(text: str) -> str:
    """What names a version: its text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def read_process(file: str, node: Node, text: str, reading: Reading) -> Process | None:
    """The process of one file, or None after findings."""
    before = reading.findings.errors
    said = reading.mapping(node, "a process", _FORM)
    if said is None:
        return None
    keys = {key.text: value for key, value in said.entries}
    for key, _ in said.entries:
        if key.text not in PROCESS_KEYS:
            reading.unknown_key(key, "a process", PROCESS_KEYS)
    name = _name(file, said, keys.get("process"), reading)
    title = reading.words(keys["title"], '"title"') if "title" in keys else name
    version = _version(said, keys.get("version"), reading)
    fields = _fields(keys["fields"], reading) if "fields" in keys else {}
    steps = _steps(file, said, keys.get("steps"), name or "", fields, reading)
    start = _start(said, keys.get("start"), steps, reading)
    if steps and isinstance(drawn := keys.get("steps"), Mapping):
        check_graph(keys.get("start"), drawn, reading)
    if reading.findings.errors > before or name is None or start is None:
        return None
    return Process(name, title or name, version, start, fields, steps, hash_of(text), file, text)


def _name(file: str, said: Mapping, node: Node | None, reading: Reading) -> str | None:
    if node is None:
        reading.error(said, "MG007", "the process has no name", _FORM)
        return None
    name = reading.slug(node, "the name of a process")
    wanted = file.rpartition("/")[2].removesuffix(".yaml")
    if name is not None and name != wanted:
        message = f"the file is named {quoted(wanted)} and its process {quoted(name)}"
        reading.error(node, "MG004", message, "give both one name")
    return name


def _version(said: Mapping, node: Node | None, reading: Reading) -> int:
    if node is None:
        reading.error(said, "MG007", "the process has no version", "write version: 1, and one more with each change")
        return 0
    text = reading.text(node, '"version"')
    if text is None or re.fullmatch(r"[1-9][0-9]{0,8}", text, re.ASCII):
        return int(text or 0)
    reading.error(node, "MG004", f"{quoted(text)} is not a version", "write version: 1, and one more with each change")
    return 0


def _fields(node: Node, reading: Reading) -> MappingOf[str, FieldType]:
    """A field with a mistake is there all the same, as an address, which may stand everywhere: who names it is not
    wrong, too."""
    said = reading.mapping(node, '"fields"', "write fields: {title: text, price: money}")
    named = node.items if isinstance(node, Sequence) else ()
    found: dict[str, FieldType] = dict.fromkeys((each.text for each in named if isinstance(each, Scalar)), "address")
    for key, value in said.entries if said else ():
        found[key.text] = "address"
        if not _FIELD.fullmatch(key.text):
            mend = "use small letters, digits, - and _, a letter first"
            reading.error(key, "MG004", f"{quoted(key.text)} cannot be the name of a field", mend)
            continue
        declared = reading.vocabulary.fields
        if (
            declared is not None
            and reading.known(Scalar(key.text, False, key.mark), "field", "MG108", declared) is None
        ):
            continue
        if (type_ := reading.choice(value, f"the type of the field {quoted(key.text)}", FIELD_TYPES)) is not None:
            found[key.text] = type_
    return found


def _steps(
    file: str,
    said: Mapping,
    node: Node | None,
    process: str,
    fields: MappingOf[str, FieldType],
    reading: Reading,
) -> dict[str, Step]:
    if node is None:
        reading.error(said, "MG007", "the process has no steps", _FORM)
        return {}
    inner = reading.mapping(node, '"steps"', "write steps: {ask: {...}, done: {end: true}}")
    if inner is None:
        return {}
    if not inner.entries:
        reading.error(inner, "MG007", '"steps" is empty', "write steps: {ask: {...}, done: {end: true}}")
    if len(inner.entries) > MAX_STEPS:
        reading.error(inner, "MG008", f"a process has at most {MAX_STEPS} steps, here are {len(inner.entries)}", _FEWER)
        return {}
    names = tuple(key.text for key, _ in inner.entries)
    declared = reading.vocabulary.fields or frozenset()
    vocabulary = replace(reading.vocabulary, fields=declared | frozenset(fields))
    of_steps = replace(reading, vocabulary=vocabulary, events=(ENTERED,))
    reader = StepReader(process, names, fields, of_steps)
    steps: dict[str, Step] = {}
    for key, value in inner.entries:
        if reading.slug(key, "the name of a step") is not None:
            steps[key.text] = reader.read(key, value)
    return steps


def _start(said: Mapping, node: Node | None, steps: MappingOf[str, Step], reading: Reading) -> str | None:
    if node is None:
        first = next(iter(steps), "STEP")
        reading.error(said, "MG007", "the process does not say where it starts", f"write start: {first}")
        return None
    return reading.known(node, "step", "MG116", steps)
