"""The names that a command may use, and which one a typed value means: a key, a full name, an address, the beginning
of one that no other shares."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailgate.commands.nearest import nearest
from mailgate.commands.words import clean, plain, spellings

Forms = Mapping[str, tuple[str, ...]]  # a name and the plain texts that stand for it


@dataclass(frozen=True, slots=True)
class Names:
    """What exists: `agents` and `queues` key -> title, `addresses` address -> agent; `fields` None: any will do."""

    agents: Mapping[str, str]
    addresses: Mapping[str, str]
    queues: Mapping[str, str]
    teams: tuple[str, ...] = ()
    fields: frozenset[str] | None = None
    processes: Mapping[str, str] = field(default_factory=dict)  # name -> title


@dataclass(frozen=True, slots=True)
class Match:
    """Who is meant: one name is an answer where it is `sure`, a guess where it is not; several are a question."""

    names: tuple[str, ...]
    sure: bool


def agent_forms(names: Names) -> Forms:
    forms = {key: _forms(key, title) for key, title in names.agents.items()}
    for address, key in names.addresses.items():
        if key in forms:
            forms[key] += (plain(address),)
    return forms


def queue_forms(names: Names) -> Forms:
    return {key: _forms(key, title) for key, title in names.queues.items()}


def process_forms(names: Names) -> Forms:
    return {key: _forms(key, title) for key, title in names.processes.items()}


def match(said: str, forms: Forms) -> Match:
    """The name that `said` means: the whole of one of its forms, else the beginning of one, else the nearest."""
    wanted = plain(clean(said))
    named = tuple(name for name in forms if name == said or plain(name) == wanted)
    if len(named) == 1:
        return Match(named, True)
    whole = tuple(name for name, texts in forms.items() if wanted in texts)
    if whole:
        return Match(whole, True)
    begun = tuple(name for name, texts in forms.items() if wanted and any(text.startswith(wanted) for text in texts))
    if begun:
        return Match(begun, True)
    near = nearest(wanted, (text for texts in forms.values() for text in texts))
    return Match(tuple(name for name, texts in forms.items() if any(text in near for text in texts)), False)


def _forms(key: str, title: str) -> tuple[str, ...]:
    """A key, and a title from each of its words on: `nina costa`, `costa`."""
    ends = [form.split(" ", start)[-1] for form in spellings(title) for start in range(form.count(" ") + 1)]
    return tuple(filter(None, dict.fromkeys((plain(key), *ends))))
