"""What templates see of a process, made of what the decision told."""

from dataclasses import replace
from datetime import tzinfo

from mailgate.decision.process_told import ProcessTold
from mailgate.notify.scrub import scrub_line, scrub_text
from mailgate.notify.variables import MAX_LINE, Variables
from mailgate.notify.viewing import MAX_EARLIER
from mailgate.notify.views import ItemView, ProcessView, StepView, ValueView, VoteView, WantedView


def with_process(variables: Variables, told: ProcessTold, zone: tzinfo) -> Variables:
    """The variables with `process` and `step`."""
    if not told.name:
        return variables
    values = tuple(ValueView(name, scrub_line(value, MAX_LINE)) for name, value in told.values)
    process = ProcessView(told.name, scrub_line(told.title, MAX_LINE), told.version, values, told.ended)
    step = StepView(
        name=told.step,
        entered=told.entered_at.astimezone(zone) if told.entered_at else None,
        wanted=tuple(WantedView(each.name, each.kind, scrub_line(each.wrong, MAX_LINE)) for each in told.wanted),
        items=tuple(ItemView(each.number, scrub_line(each.text, MAX_LINE), each.done) for each in told.items),
        expires=told.expires_at.astimezone(zone) if told.expires_at else None,
        verdict=told.verdict,
        quorum=told.quorum,
        counted=told.counted,
        votes=tuple(VoteView(each.who, each.granted, scrub_text(each.reason)[:MAX_EARLIER]) for each in told.votes),
    )
    return replace(variables, process=process, step=step)
