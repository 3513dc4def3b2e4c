"""What some rules ask about the whole desk, and how one plan changes it for the next mail of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailgate.decision.effects import Rotate
from mailgate.decision.past import OPEN_STATES
from mailgate.tickets.model import Ticket

if TYPE_CHECKING:
    from mailgate.decision.plan import Plan


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What some rules ask about the whole desk; each only where the rule set needs it (`Ruleset.needs`)."""

    loads: Mapping[str, int] = field(default_factory=dict)  # agent -> open tickets
    queue_sizes: Mapping[str, int] = field(default_factory=dict)
    rotation: Mapping[str, int] = field(default_factory=dict)  # team -> how often its round robin went on

    def after(self, plan: Plan) -> Circumstances:
        """These as they will be once `plan` is applied."""
        ticket = plan.ticket
        if ticket is None:
            return self
        rotation = dict(self.rotation)
        for team in (done.effect.team for done in plan.effects if isinstance(done.effect, Rotate)):
            rotation[team] = rotation.get(team, 0) + 1
        return Circumstances(
            loads=_moved(self.loads, _load_of(plan.before), _load_of(ticket)),
            queue_sizes=_moved(self.queue_sizes, _size_of(plan.before), _size_of(ticket)),
            rotation=rotation,
        )


def _load_of(ticket: Ticket | None) -> str | None:
    return ticket.owner if ticket is not None and ticket.state in OPEN_STATES else None


def _size_of(ticket: Ticket | None) -> str | None:
    return ticket.queue if ticket is not None and ticket.state in OPEN_STATES else None


def _moved(counts: Mapping[str, int], before: str | None, after: str | None) -> Mapping[str, int]:
    """The counts with one less of `before` and one more of `after`."""
    if before == after:
        return counts
    moved = dict(counts)
    if before is not None:
        moved[before] = moved.get(before, 0) - 1
    if after is not None:
        moved[after] = moved.get(after, 0) + 1
    return moved


NO_CIRCUMSTANCES = Circumstances()
