"""A process as a picture: for Mermaid, and for Graphviz."""

from collections.abc import Iterator

from mailgate.rules.process import Process, Step
from mailgate.rules.value import duration_text


def mermaid(process: Process) -> str:
    """`stateDiagram-v2`, as GitHub and many editors show it."""
    lines = ["stateDiagram-v2", f"  [*] --> {_id(process.start)}"]
    for step in process.steps.values():
        lines.append(f"  {_id(step.name)} : {_plain(summary(step))}")
        lines += [
            f"  {_id(one)} --> {_id(other)}" + (f" : {_plain(why)}" if why else "") for one, other, why in _ways(step)
        ]
        if step.end:
            lines.append(f"  {_id(step.name)} --> [*]")
    return "\n".join(lines)


def dot(process: Process) -> str:
    """For `dot -Tsvg`."""
    lines = [f"digraph {_quoted(process.name)} {{", "  node [shape=box];"]
    for step in process.steps.values():
        shape = ", peripheries=2" if step.end else ", style=bold" if step.name == process.start else ""
        lines.append(f"  {_quoted(step.name)} [label={_quoted(summary(step))}{shape}];")
        lines += [f"  {_quoted(one)} -> {_quoted(other)} [label={_quoted(why)}];" for one, other, why in _ways(step)]
    return "\n".join((*lines, "}"))


def summary(step: Step) -> str:
    """A step on one line: its name, and what it waits for."""
    waits = []
    if step.need:
        waits.append(f"needs {', '.join(step.need)}")
    if step.checklist:
        waits.append(f"checklist of {len(step.checklist)}")
    if step.question is not None:
        waits.append(f"approval, ends after {duration_text(step.question.expires.total_seconds())}")
    if step.queue:
        waits.append(f"queue {step.queue}")
    return step.name + (f" ({'; '.join(waits)})" if waits else "")


def _ways(step: Step) -> Iterator[tuple[str, str, str]]:
    """From, to, because of what."""
    verdicts = ("granted", "denied", "expired") if step.question is not None else ()
    for place, way in enumerate(step.ways):
        why = verdicts[place] if verdicts else f"case {place + 1}" if len(step.next) > 1 else ""
        yield step.name, way.step, why


def _id(name: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else "_" for char in name)


def _plain(text: str) -> str:
    return text.replace(":", " ").replace("\n", " ")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
