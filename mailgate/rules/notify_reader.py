"""Reads `notify`: whom, and with which template."""

import re

from mailgate.rules.actions import Notify
from mailgate.rules.events import DESK_EVENTS
from mailgate.rules.findings import quoted
from mailgate.rules.reading import Reading, lacks
from mailgate.rules.syntax import Mapping, Node, Scalar, Sequence

WHOM = ("owner", "team", "role", "to", "watchers", "old_owner")
_KEYS = ("template", *WHOM, "digest")
_ADDRESS = re.compile(r"[^\s@<>,;()\"]{1,64}@[^\s@<>,;()\"]{1,253}")


def is_address(text: str) -> bool:
    """Whether it is an address alone, without a name."""
    return _ADDRESS.fullmatch(text) is not None


def read_notify(node: Node, reading: Reading) -> Notify | None:
    """`notify: {team: queue, template: agent_new}`; a template's name alone is for the owner, or the queue's team."""
    found = _read(node, reading)
    return None if found is None or _has_no_sense(node, found, reading) else found


def _has_no_sense(node: Node, action: Notify, reading: Reading) -> bool:
    """Whether it asks for a ticket at an event of the desk's own, or for an old owner where none is; a finding."""
    others = [event for event in reading.events if event != "owner.changed"]
    if action.old_owner and others:
        reading.misplaced(node, f"nobody owned it before at {', '.join(others)}", "say it in a rule for owner.changed")
        return True
    at = [event for event in reading.events if event in DESK_EVENTS]
    reports = reading.vocabulary.reports
    if not at:
        return False
    if action.owner or action.watchers or action.team == "queue" or action.digest:
        said = "the digest" if action.digest else "the queue's team" if action.team else "the owner, or who watches,"
        message = f"{said} is of a ticket, and there is none at {', '.join(at)}"
        mend = "say one of team: NAME, role: NAME, to: [names or addresses]"
    elif reports is not None and action.template not in reports:
        message = f"the template {quoted(action.template)} speaks of a ticket, and there is none at {', '.join(at)}"
        mend = "take one of kind: report, as open_tickets or reload_failed"
    else:
        return False
    reading.misplaced(node, message, mend)
    return True


def _read(node: Node, reading: Reading) -> Notify | None:
    if isinstance(node, Mapping):
        return _whole(node, reading)
    vocabulary = reading.vocabulary
    if isinstance(node, Sequence):
        names = ", ".join(each.text for each in node.items if isinstance(each, Scalar))
        mend = f"write notify: {{to: [{names}], template: agent_new}}"
        reading.error(node, "MG007", '"notify" does not say which template', mend)
        return None
    name = reading.text(node, '"notify"')
    if name is None:
        return None
    people = vocabulary.teams | vocabulary.agents | vocabulary.roles | {"queue", "owner"}
    if name in people or "@" in name:
        mend = f"write notify: {{{_key_for(name, reading)}, template: agent_new}}"
        reading.error(node, "MG004", f"{quoted(name)} says whom to notify, not with which template", mend)
        return None
    template = reading.known(node, "template", "MG104", vocabulary.templates)
    return None if template is None else Notify(template, owner=True)


def _key_for(name: str, reading: Reading) -> str:
    if name == "owner":
        return "owner: true"
    if name in reading.vocabulary.teams or name == "queue":
        return f"team: {name}"
    return f"role: {name}" if name in reading.vocabulary.roles else f"to: {name}"


def _whole(node: Mapping, reading: Reading) -> Notify | None:
    found: dict[str, object] = {}
    for key, value in node.entries:
        match key.text:
            case "template":
                found["template"] = reading.known(value, "template", "MG104", reading.vocabulary.templates)
            case "owner" | "watchers" | "old_owner":
                found[key.text] = _yes(key.text, value, reading)
            case "team":
                names = reading.vocabulary.teams | {"queue"}
                found["team"] = reading.known(value, "team", "MG103", names)
            case "role":
                found["role"] = reading.known(value, "role", "MG102", reading.vocabulary.roles)
            case "to":
                found["to"] = read_people(value, '"to" of notify', reading)
            case "digest":
                found["digest"] = reading.choice(value, '"digest" of notify', ("ok",))
            case _:
                reading.unknown_key(key, '"notify"', _KEYS)
                found[key.text] = None
    return _notify(node, found, reading)


def _notify(node: Mapping, found: dict[str, object], reading: Reading) -> Notify | None:
    whom = [name for name in WHOM if name in found]
    if len(whom) > 1 or lacks(node, _KEYS, *WHOM):
        said = "nobody" if not whom else " and ".join(whom)
        mend = "say one of owner: true, old_owner: true, watchers: true, team: NAME (or queue), role: NAME, to: [names]"
        reading.error(node, "MG007", f'"notify" names {said}', mend)
    if lacks(node, _KEYS, "template"):
        reading.error(node, "MG007", '"notify" does not say which template', "add template: agent_new")
    if len(whom) != 1 or "template" not in found or None in found.values():
        return None
    team, role, to = found.get("team"), found.get("role"), found.get("to")
    return Notify(
        str(found["template"]),
        owner="owner" in found,
        team=team if isinstance(team, str) else None,
        role=role if isinstance(role, str) else None,
        to=to if isinstance(to, tuple) else (),
        watchers="watchers" in found,
        digest="digest" in found,
        old_owner="old_owner" in found,
    )


def _yes(what: str, node: Node, reading: Reading) -> bool | None:
    flag = reading.flag(node, f'"{what}" of notify')
    if flag is False:
        reading.error(node, "MG004", f'"{what}: false" notifies nobody', f"leave it out, or write {what}: true")
        return None
    return flag


def read_people(node: Node, what: str, reading: Reading) -> tuple[str, ...] | None:
    """Agents' names and plain addresses, one or a list; None after a finding."""
    found = reading.texts(node, what)
    right = [text for each, text in found if _is_person(each, text, reading)]
    return tuple(dict.fromkeys(right)) if right and len(right) == len(found) else None


def _is_person(node: Scalar, text: str, reading: Reading) -> bool:
    if text in reading.vocabulary.agents or is_address(text):
        return True
    otherwise = "write an agent's name or an address"
    reading.none_of(node, "MG102", f"no agent {quoted(text)}", text, reading.vocabulary.agents, otherwise)
    return False
