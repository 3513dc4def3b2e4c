"""The order in which rules run, as `mailgate rules list` prints it."""

from dataclasses import dataclass

from mailgate.rules.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule at its place. `place` counts from 1 through the whole set; `queue`: it is only for tickets there."""

    place: int
    name: str
    events: tuple[str, ...]
    file: str
    line: int
    enabled: bool
    queue: str | None = None


def queue_order(ruleset: Ruleset) -> tuple[Listed, ...]:
    """Every rule in the order in which it runs, switched off or not."""
    return tuple(
        Listed(place, rule.name, rule.events, rule.file, rule.mark.line, rule.enabled, rule.queue)
        for place, rule in enumerate(ruleset.rules, 1)
    )
