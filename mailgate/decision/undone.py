"""What `#undo` gives back besides the words: what the mail changed on the ticket, read from its history.

The state with its date, the owner, queue, priority, tags, fields, and who takes part are again what they were, each as
long as nobody has changed it since. What a process did stays done, and so does what rules made of the mail.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from typing import Any

from mailgate.decision.commanded import until_in_words
from mailgate.decision.conversation import HistoryLine
from mailgate.decision.draughtsman import Draughtsman
from mailgate.decision.effects import (
    AddPerson,
    AddTags,
    ChangeOwner,
    ChangePriority,
    ChangeState,
    MoveToQueue,
    PendUntil,
    RemovePerson,
    RemoveTags,
    SetFields,
    UnsetFields,
)
from mailgate.decision.standing import same_person
from mailgate.decision.telling import Result
from mailgate.phrases.phrase import Phrase
from mailgate.tickets.lifecycle import move
from mailgate.tickets.model import PRIORITIES, STATES, Agent, Priority, State

_OF_AN_ANSWER = ("article.added", "answer.released")
_BEGINS_ANOTHER = (*_OF_AN_ANSWER, "agent.commanded", "answer.withdrawn", "mail.resumed")  # in the same instant


def take_all_back(agent: Agent, article: int, pen: Draughtsman) -> tuple[Result, ...]:
    """Undo what the mail with this answer changed; says each thing that is as it was before."""
    return _Undone(agent, article, pen).results()


class _Undone:
    """The entries of one mail in the history, and those before it."""

    def __init__(self, agent: Agent, article: int, pen: Draughtsman) -> None:
        self._actor, self._pen = f"agent:{agent.name}", pen
        told = pen.facts.told.get(pen.ticket.id, ())
        places = (n for n, each in enumerate(told) if each.actor == self._actor and _is_of(each, article))
        place = max(places, default=len(told))
        at = told[place].at if place < len(told) else None
        joined = takewhile(lambda each: each.event.startswith("participant."), reversed(told[:place]))
        after = takewhile(lambda each: not _begins_another(each), told[place + 1 :])
        self._known = at is not None
        self._deeds = [each for each in (*joined, *after) if (each.actor, each.at) == (self._actor, at)]
        self._before = told[:place]

    def results(self) -> tuple[Result, ...]:
        said = (self._state(), self._owner(), self._queue(), self._priority(), *self._tags(), *self._fields())
        return tuple(Result(0, "", each) for each in (*said, *self._people()) if each)

    def _state(self) -> str:
        pen = self._pen
        if not self._known:  # its history is forgotten: as if the answer had come back
            owed = move(pen.ticket.state, "answer bounced")
            return self._stands(owed) if owed != pen.ticket.state else ""
        dates = [each for each in self._deeds if each.event == "pending.until"]
        if dates and pen.ticket.state == "pending" and not _is(dates[-1], pen.ticket.pending_until):
            return ""
        moved = self._moved("state.changed", pen.ticket.state)
        for state in STATES:
            if state == moved:
                return self._stands(state)
        return self._waits() if dates and pen.ticket.state == "pending" else ""

    def _stands(self, state: State) -> str:
        pen = self._pen
        if state == "pending":
            return self._waits()
        pen.effect(self._actor, ChangeState(pen.ticket.state, state))
        return Phrase("state again", state=Phrase(f"state {state}"))

    def _waits(self) -> str:
        """It waits for the date that it waited for before; without one it would never come back."""
        pen = self._pen
        dates = (each.detail.get("until") for each in reversed(self._before) if each.event == "pending.until")
        if (date := next(dates, None)) is None:
            return ""
        until = datetime.fromisoformat(str(date))
        if pen.ticket.state != "pending":
            pen.effect(self._actor, ChangeState(pen.ticket.state, "pending"))
        pen.effect(self._actor, PendUntil(until))
        return until_in_words(until, pen.policy.site.timezone)

    def _owner(self) -> str:
        pen, owner = self._pen, self._moved("owner.changed", self._pen.ticket.owner)
        if owner is None:
            return ""
        agent = pen.policy.agents.get(owner)
        pen.effect(self._actor, ChangeOwner(pen.ticket.owner, agent.name if agent else None, "undo"))
        return Phrase("gave back", owner=agent.title) if agent else Phrase("gave back to nobody")

    def _queue(self) -> str:
        pen, queue = self._pen, self._moved("queue.changed", self._pen.ticket.queue)
        if queue is None or queue not in pen.policy.queues:
            return ""
        pen.effect(self._actor, MoveToQueue(pen.ticket.queue, queue))
        return Phrase("queue again", queue=pen.policy.queue(queue).title)

    def _priority(self) -> str:
        pen, moved = self._pen, self._moved("priority.changed", self._pen.ticket.priority)
        priority: Priority | None = next((each for each in PRIORITIES if each == moved), None)
        if priority is None:
            return ""
        pen.effect(self._actor, ChangePriority(pen.ticket.priority, priority))
        return Phrase("priority again", priority=Phrase(f"priority {priority}"))

    def _moved(self, event: str, now: str | None) -> str | None:
        """What it was before, "" for nothing; None where the mail did not change it, or somebody has since."""
        changes = [each.detail for each in self._deeds if each.event == event]
        if not changes or (changes[-1].get("new") or None) != now:
            return None
        old = str(changes[0].get("old") or "")
        return old if old != (now or "") else None

    def _tags(self) -> Iterator[str]:
        pen = self._pen
        added = [tag for tag in self._all("tag.added", "tags") if tag in pen.ticket.tags]
        gone = [tag for tag in self._all("tag.removed", "tags") if tag not in pen.ticket.tags]
        if added:
            pen.effect(self._actor, RemoveTags(tuple(added)))
        if gone:
            pen.effect(self._actor, AddTags(tuple(gone)))
        if added or gone:
            yield Phrase("tags", tags=", ".join(pen.ticket.tags) or Phrase("none"))

    def _fields(self) -> Iterator[str]:
        pen = self._pen
        for each in (each for each in self._deeds if each.event == "field.changed"):
            for name, value in _fields_of(each):
                if pen.ticket.field(name) != value:
                    continue
                old = _last_value(name, self._before)
                pen.effect(self._actor, UnsetFields((name,)) if old is None else SetFields(((name, old),)))
                yield Phrase("field again", name=name, value=Phrase("none") if old is None else old)

    def _people(self) -> Iterator[str]:
        pen = self._pen
        came, went = self._all("participant.added", "address"), self._all("participant.removed", "address")
        for each in pen.ticket.participants:
            if each.role == "cc" and any(same_person(each.address, one, pen.policy) for one in came):
                pen.effect(self._actor, RemovePerson(each))
            elif each.role == "former" and any(same_person(each.address, one, pen.policy) for one in went):
                pen.effect(self._actor, AddPerson(replace(each, role="cc")))
        if came or went:
            yield Phrase("takes part", people=", ".join(each.address for each in pen.ticket.people) or Phrase("nobody"))

    def _all(self, event: str, key: str) -> list[str]:
        values = (each.detail.get(key) or () for each in self._deeds if each.event == event)
        return [str(each) for value in values for each in ((value,) if isinstance(value, str) else value)]


def _is_of(entry: HistoryLine, article: int) -> bool:
    return entry.event in _OF_AN_ANSWER and entry.detail.get("article") == article


def _begins_another(entry: HistoryLine) -> bool:
    return entry.event in _BEGINS_ANOTHER


def _fields_of(entry: HistoryLine) -> list[tuple[str, Any]]:
    fields = entry.detail.get("fields")
    return list(fields.items()) if isinstance(fields, dict) else []


def _last_value(name: str, told: Sequence[HistoryLine]) -> str | None:
    for each in reversed(told):
        if each.event == "field.unset" and name in (each.detail.get("fields") or ()):
            return None
        if each.event == "field.changed" and name in dict(_fields_of(each)):
            return str(dict(_fields_of(each))[name])
    return None


def _is(entry: HistoryLine, until: datetime | None) -> bool:
    return until is not None and entry.detail.get("until") == until.isoformat()
