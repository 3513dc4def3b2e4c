"""Where a ticket stands in its process: everything that changes from step to step, in one frozen value.

What the process is stands in its definition (rules.process); `definition` is the hash of the text with which it began,
so that a newer version changes nothing for it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Verdict = Literal["", "granted", "denied", "expired"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked to approve. `party`: his number in signed addresses; `agent`: her name, "" for others."""

    address: str
    party: int
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Vote:
    """What somebody decided. `who`: his address, in lower case."""

    who: str
    granted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """A question that is open in this step. `article`: the one that its mails belong to; their links name it."""

    asked: tuple[Asked, ...]
    article: int
    nonce: bytes
    remind_at: datetime | None
    expires_at: datetime
    votes: tuple[Vote, ...] = ()
    verdict: Verdict = ""

    @property
    def due_at(self) -> datetime | None:
        """When a reminder is due, or the end."""
        if self.verdict:
            return None
        return self.expires_at if self.remind_at is None else min(self.remind_at, self.expires_at)

    def has_voted(self, address: str) -> bool:
        return any(each.who == address.lower() for each in self.votes)


@dataclass(frozen=True, slots=True)
class Running:
    """`step` "": begun, and no step entered yet. `ticks`: what is done of each step's checklist, counted from 1.

    `grants`: approval steps with the fields for which they were given: what was approved once as it is is not asked
    again.
    """

    process: str
    version: int
    definition: str
    step: str = ""
    entered_at: datetime | None = None
    ended: bool = False
    questions: int = 0  # how often the customer was asked in this step
    ticks: tuple[tuple[str, int], ...] = ()
    grants: tuple[tuple[str, str], ...] = ()
    approval: Approval | None = None

    def ticked(self, step: str) -> frozenset[int]:
        return frozenset(item for name, item in self.ticks if name == step)

    def stored(self) -> dict[str, Any]:
        """As JSON; `restored` reads it."""
        approval = self.approval
        return {
            "version": self.version,
            "definition": self.definition,
            "entered": _told(self.entered_at),
            "ended": self.ended,
            "questions": self.questions,
            "ticks": [list(each) for each in self.ticks],
            "grants": [list(each) for each in self.grants],
            "approval": None if approval is None else _stored(approval),
        }


def restored(process: str | None, step: str | None, stored: dict[str, Any] | None) -> Running | None:
    """What `Running.stored` wrote; None where no process was ever begun."""
    if process is None or stored is None:
        return None
    approval = stored["approval"]
    return Running(
        process=process,
        version=stored["version"],
        definition=stored["definition"],
        step=step or "",
        entered_at=_moment(stored["entered"]),
        ended=stored["ended"],
        questions=stored["questions"],
        ticks=tuple((name, item) for name, item in stored["ticks"]),
        grants=tuple((name, fields) for name, fields in stored["grants"]),
        approval=None if approval is None else _restored(approval),
    )


def _stored(approval: Approval) -> dict[str, Any]:
    return {
        "asked": [[each.address, each.party, each.agent] for each in approval.asked],
        "article": approval.article,
        "nonce": approval.nonce.hex(),
        "remind": _told(approval.remind_at),
        "expires": _told(approval.expires_at),
        "votes": [[each.who, each.granted, each.reason] for each in approval.votes],
        "verdict": approval.verdict,
    }


def _restored(stored: dict[str, Any]) -> Approval:
    expires = _moment(stored["expires"])
    if expires is None:
        raise ValueError("an approval without an end was stored")
    return Approval(
        asked=tuple(Asked(address, party, agent) for address, party, agent in stored["asked"]),
        article=stored["article"],
        nonce=bytes.fromhex(stored["nonce"]),
        remind_at=_moment(stored["remind"]),
        expires_at=expires,
        votes=tuple(Vote(who, granted, reason) for who, granted, reason in stored["votes"]),
        verdict=stored["verdict"],
    )


def _told(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
