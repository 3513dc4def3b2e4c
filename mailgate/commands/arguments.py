"""The value behind a verb, read into a command: one reader for each verb that is offered.

Total: a value that says nothing sensible is a Wrong that says the next step.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from mailgate.commands import values as v
from mailgate.commands.catalogue import Verb, find_verb
from mailgate.commands.mistake import Wrong
from mailgate.commands.names import Names, agent_forms, match, process_forms, queue_forms
from mailgate.commands.pick import picked
from mailgate.commands.when import WrongTime, read_until
from mailgate.commands.words import plain, shown
from mailgate.phrases.phrase import Phrase
from mailgate.tickets.model import PRIORITIES, Priority

_FEW_WORDS = 3  # so many behind a verb that wants none are a slip; more of them are somebody's text
_HERSELF = frozenset("me myself mir mich".split())
_NOBODY = frozenset("none nobody niemand nadie".split())
_PRIORITY_WORDS: dict[str, Priority] = {
    **dict.fromkeys("niedrig baja".split(), "low"),
    **dict.fromkeys("medium mittel media".split(), "normal"),
    **dict.fromkeys("hoch alta".split(), "high"),
    **dict.fromkeys("dringend urgente critical".split(), "urgent"),
}
_TEAM = re.compile(r"@?team\s?[:=]\s?(.*)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[^<>]*<\s*(?:mailto:)?([^<>\s]+)\s*>")
_ADDRESS = re.compile(r"[^\s@<>(),;:\"\[\]]{1,64}@(?:[^\s@<>(),;:\"\[\].]{1,63}\.)+[^\s@<>(),;:\"\[\].]{1,63}")
_TAG = re.compile(r"([+‐-―−-]?)#?([^\s,]+)")
_LOOSE_SIGN = re.compile(r"(?<![^\s,])([+‐-―−-])\s+")
_LONGEST_TAG = 60
_TICKETS = re.compile(r"(?:\W*(?:ticket\s*)?#?\d+\W*)+", re.IGNORECASE)  # "1040", "#1040, #1041", "[Ticket#1040]"
_FIELD = re.compile(r"\"?([^\s=:\"]+)\"?(?:\s*[=:]\s*|\s+)(.+)", re.DOTALL)
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_FIELD_INSIDE = re.compile(r"\s([a-z][a-z0-9_-]*)\s?=", re.IGNORECASE)
_QUOTES = "\"'“”„‘’‚«»"


@dataclass(frozen=True, slots=True)
class Desk:
    """What values are read against: the names that exist, the aware moment, the zone of times."""

    names: Names
    now: datetime
    zone: ZoneInfo


Reader: TypeAlias = Callable[[Verb, str, Desk], v.Command | Wrong]


def read_value(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    """The command that a verb on offer and its value make."""
    second = next((word for word in value.split() if word[0] == "#" and find_verb(word[1:])), None)
    if second and verb.name not in ("set", "help"):
        return Wrong(Phrase("one a line", second=second))
    return READERS[verb.name](verb, value, desk)


def _alone(command: v.Command) -> Reader:
    def read(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
        if not value:
            return command
        if verb.group == "your text":
            return Wrong(Phrase("alone text next", verb=verb.name))
        if _TICKETS.fullmatch(value):  # whoever names another ticket does not mean this one
            return Wrong(Phrase("alone this ticket", verb=verb.name, value=shown(value)))
        corrected = f"#{verb.name}" if len(value.split()) <= _FEW_WORDS else None
        return Wrong(Phrase("alone", verb=verb.name, value=shown(value)), corrected)

    return read


def _pending(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    if not value:
        return Wrong(Phrase("say until when", example=verb.examples[0]))
    try:
        return v.Pending(read_until(value, desk.now, desk.zone))
    except WrongTime as wrong:
        return Wrong(wrong.said, f"#{verb.name} {wrong.corrected}" if wrong.corrected else None)


def _assign(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    bracketed = _IN_BRACKETS.fullmatch(value)
    said = bracketed[1] if bracketed else value.strip(_QUOTES + " .,;!").removeprefix("mailto:").removeprefix("@")
    if said.lower() in desk.names.agents:
        return v.Assign(said.lower())
    if plain(said) in _HERSELF:
        return v.Take()
    if plain(said) in _NOBODY:
        return v.Unassign()
    team = _TEAM.fullmatch(said)
    if team or plain(said).removeprefix("team ") in map(plain, desk.names.teams):
        return _to_a_team(team[1] if team else plain(said).removeprefix("team "), desk)
    found = picked(verb, "agent", said, agent_forms(desk.names))
    return found if isinstance(found, Wrong) else v.Assign(found)


def _to_a_team(team: str, desk: Desk) -> Wrong:
    queues = match(team, queue_forms(desk.names))
    line = f"#queue {queues.names[0]}" if queues.sure and len(queues.names) == 1 else None
    return Wrong(Phrase("not to a team", instead=line or Phrase("queue and name")), line)


def _queue(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    found = picked(verb, "queue", value.strip(_QUOTES + " .,;!"), queue_forms(desk.names))
    return found if isinstance(found, Wrong) else v.Move(found)


def _priority(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    said = plain(value).strip(_QUOTES + " .,;!")
    found = picked(verb, "priority", _PRIORITY_WORDS.get(said, said), {each: (each,) for each in PRIORITIES})
    return found if isinstance(found, Wrong) else v.SetPriority(next(each for each in PRIORITIES if each == found))


def _tag(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    tags = _TAG.findall(_LOOSE_SIGN.sub(r"\1", value))
    if not tags:
        return Wrong(Phrase("say which", what=Phrase("tag"), example=verb.examples[0]))
    off = verb.name == "untag"
    add = dict.fromkeys(tag for sign, tag in tags if not off and sign in ("", "+"))
    remove = dict.fromkeys(tag for sign, tag in tags if off or sign not in ("", "+"))
    if both := [tag for tag in add if tag in remove]:
        return Wrong(Phrase("on and off", tag=shown(both[0])))
    if long := [tag for tag in (*add, *remove) if len(tag) > _LONGEST_TAG]:
        return Wrong(Phrase("tag too long", tag=shown(long[0]), most=_LONGEST_TAG))
    return v.Tag(tuple(add), tuple(remove))


def _set(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    parts = _FIELD.fullmatch(value)
    text = _unquoted(parts[2].strip()) if parts else ""
    if not parts or not text.strip():
        return Wrong(Phrase("say which field", example=verb.examples[0]))
    declared = desk.names.fields
    if any(declared is None or each[1].lower() in declared for each in _FIELD_INSIDE.finditer(text)):
        return Wrong(Phrase("one field a line", example=verb.examples[0]))
    if declared is not None:
        forms = {name: (plain(name),) for name in sorted(declared)}
        found = picked(verb, "field", parts[1], forms, behind=f"={parts[2]}")
        return found if isinstance(found, Wrong) else v.SetField(found, text)
    if not _FIELD_NAME.fullmatch(parts[1].lower()):
        return Wrong(Phrase("no field name", name=shown(parts[1])))
    return v.SetField(parts[1].lower(), text)


def _help(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    topic = find_verb(value.lstrip("#/"))
    return v.Help(
        topic.name if topic else value
    )  # of a word that is no verb the help itself says so: nothing went wrong


def _unquoted(text: str) -> str:
    """Without one pair of quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES else text


def _people(make: Callable[[tuple[str, ...]], v.Command]) -> Reader:
    def read(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
        said = [each for each in re.split(r"[,;]\s*|\s+(?=\S*@)", value) if each.strip()]
        if not said:
            return Wrong(Phrase("say whose", example=verb.examples[0]))
        addresses: list[str] = []
        for each in said:
            bracketed = _IN_BRACKETS.fullmatch(each.strip())
            address = (bracketed[1] if bracketed else each.strip(_QUOTES + " <>")).removeprefix("mailto:")
            if not _ADDRESS.fullmatch(address):
                return Wrong(Phrase("no address", value=shown(each), example=verb.examples[0]))
            addresses.append(address)
        return make(tuple(dict.fromkeys(addresses)))

    return read


def _item(make: Callable[[int], v.Command]) -> Reader:
    def read(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
        said = value.strip(_QUOTES + " .,;!#")
        if re.fullmatch(r"[0-9]{1,3}", said, re.ASCII):
            return make(int(said))
        return Wrong(Phrase("say which item", example=verb.examples[0]))

    return read


def _start(verb: Verb, value: str, desk: Desk) -> v.Command | Wrong:
    found = picked(verb, "process", value.strip(_QUOTES + " .,;!"), process_forms(desk.names))
    return found if isinstance(found, Wrong) else v.StartProcess(found)


READERS: dict[str, Reader] = {
    "done": _item(v.Done),
    "undone": _item(v.Undone),
    "approve": _alone(v.Approve()),
    "deny": _alone(v.Deny()),
    "start": _start,
    "note": _alone(v.Note()),
    "reply": _alone(v.Answer()),
    "close": _alone(v.Close()),
    "reopen": _alone(v.Reopen()),
    "pending": _pending,
    "spam": _alone(v.Spam()),
    "take": _alone(v.Take()),
    "assign": _assign,
    "unassign": _alone(v.Unassign()),
    "queue": _queue,
    "priority": _priority,
    "tag": _tag,
    "untag": _tag,
    "set": _set,
    "cc": _people(v.Cc),
    "uncc": _people(v.Uncc),
    "send": _alone(v.Send()),
    "discard": _alone(v.Discard()),
    "confirm": _alone(v.Confirm()),
    "undo": _alone(v.Undo()),
    "show": _alone(v.Show()),
    "history": _alone(v.History()),
    "explain": _alone(v.Explain()),
    "help": _help,
}
