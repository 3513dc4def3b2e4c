"""What must hold of a process as a whole: each step can be reached, and no circle goes round without a person.

Looked at as it is written, so that a mistake within a step hides none of these. A way to a step that does not exist
leads where it was probably meant to lead; where that cannot be guessed, nothing is said of what may follow from it.
"""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

from mailgate.problems import nearest
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mapping, Mark, Node, Scalar, Sequence

_WAITS = frozenset(("need", "checklist", "approval"))
_WAYS = frozenset(("next", "granted", "denied", "expired"))


@dataclass(frozen=True, slots=True)
class _Place:
    """A step on the map. `ways`: where it leads; `lost`: some way of it leads nobody knows where."""

    mark: Mark
    ways: tuple[str, ...]
    waits: bool
    end: bool
    lost: bool


def check_graph(start: Node | None, steps: Mapping, reading: Reading) -> None:
    """Adds findings about the steps under `steps:`."""
    names = tuple(key.text for key, _ in steps.entries)
    places = {key.text: _place(key, value, names) for key, value in steps.entries}
    first = _meant(start, names) if start is not None else names[0]
    if first is not None:
        _check_ways(_reached(first, places), places, reading)
    for circle in _circles(places):
        if not any(places[name].lost for name in circle):
            way = " -> ".join((*circle, circle[0]))
            mend = "let one of its steps wait for somebody: need, checklist or approval"
            reading.error(places[circle[0]].mark, "MG114", f"a circle without a person: {way}", mend)


def _check_ways(reached: frozenset[str], places: MappingOf[str, _Place], reading: Reading) -> None:
    if any(places[name].lost for name in reached):
        return
    for name, place in places.items():
        if name not in reached:
            message = f'no way leads to the step "{name}"'
            reading.error(place.mark, "MG111", message, "name it in goto:, next: or start:, or take it out")
    if not any(places[name].end for name in reached):
        reading.error(Mark(1, 1), "MG112", "no step is an end", "write end: true into the last one")


def _place(key: Scalar, node: Node, names: tuple[str, ...]) -> _Place:
    entries = node.entries if isinstance(node, Mapping) else ()
    said = [_meant(each, names) for name, value in entries if name.text in _WAYS for each in _targets(value)]
    keys = {name.text for name, _ in entries}
    odd = not isinstance(node, Mapping) or not keys & (_WAYS | {"end"})  # a key may be misspelt
    ways = tuple(each for each in said if each is not None)
    return _Place(key.mark, ways, bool(keys & _WAITS), "end" in keys, odd or None in said)


def _targets(node: Node) -> Iterator[Node]:
    """What is named as the next step: `STEP`, `{goto: STEP}`, or a list of these."""
    match node:
        case Sequence(items):
            for each in items:
                yield from _targets(each)
        case Mapping(entries):
            yield next((value for key, value in entries if key.text == "goto"), node)
        case _:
            yield node


def _meant(node: Node, names: tuple[str, ...]) -> str | None:
    if not isinstance(node, Scalar):
        return None
    return node.text if node.text in names else nearest(node.text, names)


def _reached(start: str, places: MappingOf[str, _Place]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += places[name].ways
    return frozenset(found)


def _circles(places: MappingOf[str, _Place]) -> Iterator[tuple[str, ...]]:
    """Circles among the steps that wait for nobody, each once: a step that waits breaks every other."""
    idle = {name: place for name, place in places.items() if not place.waits}
    done: set[str] = set()
    for first in idle:
        trail: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = []
        if first not in done:
            stack.append((first, iter(idle[first].ways)))
            trail.append(first)
        while stack:
            _name, ways = stack[-1]
            following = next(ways, None)
            if following is None:
                stack.pop()
                done.add(trail.pop())
            elif following in trail:
                yield tuple(trail[trail.index(following) :])
            elif following in idle and following not in done:
                trail.append(following)
                stack.append((following, iter(idle[following].ways)))
