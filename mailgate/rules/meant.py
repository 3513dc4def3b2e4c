"""What somebody may have meant who writes a rule by the words of another program: mends, never readings."""

import re
from collections.abc import Container, Mapping

FIELDS: Mapping[str, str] = {
    "sender": "from",
    "from_address": "from",
    "recipients": "to",
    "receiver": "to",
    "title": "subject",
    "content": "body",
    "message": "body",
    "language": "lang",
    "status": "state",
    "tags": "tag",
    "assignee": "owner",
    "group": "customer.group",
    "organisation": "customer.org",
    "organization": "customer.org",
    "and": "all",
    "or": "any",
    "none": "not",
}
VERBS: Mapping[str, str] = {
    "status": "state",
    "owner": "assign",
    "add_tag": "tag",
    "tags": "tag",
    "remove_tag": "untag",
    "field": "set",
    "fields": "set",
    "move": "queue",
    "send": "reply",
    "answer": "reply",
    "respond": "reply",
    "auto_reply": "reply",
    "email": "notify",
    "mail": "notify",
    "tell": "notify",
    "comment": "note",
    "delete": "drop",
    "discard": "drop",
    "redirect": "forward",
    "call": "webhook",
    "exec": "run",
    "process": "start",
}
CASE: Mapping[str, str] = {"default": "else", "otherwise": "else", "condition": "if", "then": "do", "actions": "do"}
VALUES: Mapping[str, str] = {  # of states and priorities
    "resolved": "closed",
    "solved": "closed",
    "done": "closed",
    "waiting": "pending",
    "on hold": "pending",
    "junk": "spam",
    "medium": "normal",
    "critical": "urgent",
    "highest": "urgent",
    "lowest": "low",
}
EVENTS: Mapping[str, str] = {
    "new": "ticket.created",
    "new ticket": "ticket.created",
    "ticket.new": "ticket.created",
    "ticket.opened": "ticket.created",
    "created": "ticket.created",
    "reply": "customer.replied",
    "ticket.replied": "customer.replied",
    "ticket.closed": "state.changed",
    "ticket.updated": "field.changed",
}
OPERATORS: Mapping[str, str] = {
    "contains": "has",
    "includes": "has",
    "equals": "is",
    "equal": "is",
    "==": "is",
    "matches": "re",
    "regex": "re",
    "regexp": "re",
    "starts_with": "starts",
    "begins": "starts",
    "ends_with": "ends",
    "in": "list",
    "glob": "like",
    "gt": "over",
    "lt": "under",
}
_SIGNS: Mapping[str, str] = {
    "above": "over",
    "more than": "over",
    "greater than": "over",
    "higher than": "over",
    ">": "over",
    "below": "under",
    "less than": "under",
    "lower than": "under",
    "<": "under",
    ">=": "at least",
    "<=": "at most",
}
_PREFIX = re.compile(r"(?:ticket|msg|message|mail|email)\.")
_COMPARED = re.compile(rf"({'|'.join(sorted(map(re.escape, _SIGNS), key=len, reverse=True))})\s*(\S.*)", re.DOTALL)


def field(name: str, known: Container[str]) -> str | None:
    """The condition that is meant by `ticket.queue` or `sender`."""
    bare = _PREFIX.sub("", name)
    if bare != name and bare in known:
        return bare
    return FIELDS.get(bare)


def verb(name: str, known: Container[str]) -> str | None:
    """The action that is meant by `set_priority` or `discard`."""
    bare = re.sub(r"^(?:set|change|add|move|send)[_-](?:to[_-])?", "", name)
    return VERBS.get(name) or (bare if bare != name and bare in known else None) or VERBS.get(bare)


def comparison(text: str) -> str | None:
    """`over 5` for "more than 5" and "> 5"."""
    found = _COMPARED.fullmatch(text.strip())
    return f"{_SIGNS[found[1]]} {found[2]}" if found else None
