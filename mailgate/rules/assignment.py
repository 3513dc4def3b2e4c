"""Which agent `assign` means: chosen purely, from who is away, who has how much, and whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from mailgate.rules.actions import AssignOwner
from mailgate.rules.situation import Situation


@dataclass(frozen=True, slots=True)
class ToAgent:
    """`assign: nina`; None is nobody."""

    agent: str | None


@dataclass(frozen=True, slots=True)
class ToPrevious:
    """`assign: previous`: who last owned a ticket of this customer."""


@dataclass(frozen=True, slots=True)
class RoundRobin:
    """`assign: {round_robin: {team: x}}`"""

    team: str


@dataclass(frozen=True, slots=True)
class LeastBusy:
    """`assign: {least_busy: {team: x, max: 15}}`: nobody gets more than `most` open tickets by it."""

    team: str
    most: int | None = None


Choice = ToAgent | ToPrevious | RoundRobin | LeastBusy
Assigned = tuple[AssignOwner | None, str]
_MOST_SHOWN = 6


def assigned(choice: Choice, situation: Situation, rotation: Mapping[str, int]) -> Assigned:
    """The assignment, None where nobody can be found, and how a trace says it. `rotation`: the counters as they are."""
    match choice:
        case ToAgent(agent):
            return _one(agent, situation)
        case ToPrevious():
            return _previous(situation)
        case RoundRobin(team):
            return _in_turn(team, situation, rotation)
        case LeastBusy(team, most):
            return _least_busy(team, most, situation)
        case _:
            assert_never(choice)


def _to(agent: str | None, how: str, rotates: str | None = None) -> Assigned:
    return AssignOwner(agent, how, rotates), f"assign {how}"


def _nobody(way: str, *why: str) -> Assigned:
    return None, f"assign {way} -> nobody ({'; '.join(each for each in why if each)})"


def _one(agent: str | None, situation: Situation) -> Assigned:
    if agent is None:
        return _to(None, "none")
    return _nobody(agent, "away") if agent in situation.away else _to(agent, agent)


def _previous(situation: Situation) -> Assigned:
    agent = situation.previous_owner
    if agent is None:
        return _nobody("previous", "no owner before")
    if agent not in situation.agents:
        return _nobody("previous", f"{agent} is no agent any more")
    return _nobody("previous", f"away: {agent}") if agent in situation.away else _to(agent, f"previous -> {agent}")


def _in_turn(team: str, situation: Situation, rotation: Mapping[str, int]) -> Assigned:
    present, away = _present(team, situation)
    if not present:
        return _nobody("round_robin", away or "the team is empty")
    agent = present[rotation.get(team, 0) % len(present)]
    return _to(agent, f"round_robin -> {agent}" + (f" ({away})" if away else ""), team)


def _least_busy(team: str, most: int | None, situation: Situation) -> Assigned:
    present, away = _present(team, situation)
    loads = {agent: situation.loads.get(agent, 0) for agent in present}
    free = [agent for agent in present if most is None or loads[agent] < most]
    if not free:
        return _nobody("least_busy", _counts(loads, "full: "), away or ("" if loads else "the team is empty"))
    agent = min(free, key=lambda name: loads[name])
    others = {name: load for name, load in loads.items() if name != agent}
    rest = ", ".join(each for each in (_counts(others), away) if each)
    return _to(agent, f"least_busy -> {agent} ({loads[agent]} open{'; ' if rest else ''}{rest})")


def _present(team: str, situation: Situation) -> tuple[list[str], str]:
    """The members of a team that are here, in the team's order, and a word on those who are away."""
    members = situation.teams.get(team, ())
    away = [name for name in members if name in situation.away]
    return [name for name in members if name not in away], f"away: {', '.join(away)}" if away else ""


def _counts(loads: Mapping[str, int], before: str = "") -> str:
    """A few of them, the least busy first."""
    ordered = sorted(loads.items(), key=lambda each: each[1])
    said = ", ".join(f"{name} {load}" for name, load in ordered[:_MOST_SHOWN])
    more = f" and {len(ordered) - _MOST_SHOWN} more" if len(ordered) > _MOST_SHOWN else ""
    return f"{before}{said}{more}" if ordered else ""
