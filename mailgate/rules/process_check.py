"""What must hold of a process as a whole: each step can be reached, and no circle goes round without a person."""

from collections.abc import Iterator

from mailgate.rules.process import Process, Step
from mailgate.rules.reading import Reading
from mailgate.rules.syntax import Mark


def check_graph(process: Process, reading: Reading) -> None:
    """Adds findings. Every name of a step is known by now."""
    reached = _reached(process)
    for step in process.steps.values():
        if step.name not in reached:
            message = f'no way leads to the step "{step.name}"'
            reading.findings.error(step.mark, "MG111", message, "name it in goto:, next: or start:, or take it out")
    for circle in _circles(process):
        if not any(process.steps[name].waits_for_people for name in circle):
            way = " -> ".join((*circle, circle[0]))
            message = f"a circle without a person: {way}"
            mend = "let one of its steps wait for somebody: need, checklist or approval"
            reading.findings.error(process.steps[circle[0]].mark, "MG114", message, mend)
    if not any(process.steps[name].end for name in reached):
        reading.findings.error(Mark(1, 1), "MG112", "no step is an end", "write end: true into the last one")


def _reached(process: Process) -> frozenset[str]:
    found: set[str] = set()
    waiting = [process.start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [way.step for way in process.steps[name].ways]
    return frozenset(found)


def _circles(process: Process) -> Iterator[tuple[str, ...]]:
    """Circles among the steps that wait for nobody, each once: a step that waits breaks every other."""
    idle = {name: step for name, step in process.steps.items() if not step.waits_for_people}
    done: set[str] = set()
    for first in idle:
        trail: list[str] = []
        stack: list[tuple[str, Iterator[str]]] = []
        if first not in done:
            stack.append((first, iter([way.step for way in idle[first].ways])))
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
                stack.append((following, iter([way.step for way in idle[following].ways])))
