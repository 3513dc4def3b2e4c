"""Mail that rules send where it does harm, or that they fail to send (MG302, MG303, MG304)."""

from collections.abc import Callable, Iterator, Sequence

from mailgate.mail.address import bare
from mailgate.rules.actions import Close, Forward, Notify, Reply, SetState
from mailgate.rules.findings import Findings, quoted
from mailgate.rules.rule import Rule
from mailgate.rules.task import Task
from mailgate.rules.value import address_form
from mailgate.rules.vocabulary import Vocabulary

_BY_THE_CLOCK = frozenset(("pending.due", "idle"))  # nobody wrote just now


def mail_lint(rules: Sequence[Rule], vocabulary: Vocabulary, findings: Findings, path_of: Callable[[str], str]) -> None:
    """Adds warnings about the whole set."""
    told_elsewhere = any(rule.broken for rule in rules) or any(
        "state.changed" in rule.events and any(map(_writes_to_customer, rule.all_tasks)) for rule in rules
    )
    for rule in rules:
        with findings.inside(path_of(rule.file)):
            for task in rule.all_tasks:
                _loops(task, vocabulary, findings)
                if "agent.replied" in rule.events and _writes_to_customer(task):
                    message = "the customer gets two mails: the agent's answer, and this one"
                    findings.warning(task.mark, "MG303", message, "say it in the template `reply`")
            if not told_elsewhere and _BY_THE_CLOCK.intersection(rule.events):
                _in_silence(rule, findings)


def _loops(task: Task, vocabulary: Vocabulary, findings: Findings) -> None:
    for address in _outward(task):
        form = address_form(address)
        if form in vocabulary.own_addresses or bare(form) in vocabulary.own_addresses:
            message = f"{quoted(address)} comes back to this desk: each mail makes another"
            mend = "name a queue with queue:, or people with notify: {team: ...}"
            findings.warning(task.mark, "MG302", message, mend)


def _outward(task: Task) -> Iterator[str]:
    match task.what:
        case Forward(to):
            yield to
        case Notify(to=people):
            yield from (each for each in people if "@" in each)


def _in_silence(rule: Rule, findings: Findings) -> None:
    branches = (rule.tasks, *(case.tasks for case in rule.cases))
    for tasks in branches:
        if any(map(_writes_to_customer, tasks)):
            continue
        for task in tasks:
            if isinstance(task.what, Close) or task.what == SetState("closed"):
                message = "the ticket is closed and nobody tells the customer"
                mend = "write close: {template: closed}, or add a reply:"
                findings.warning(task.mark, "MG304", message, mend)


def _writes_to_customer(task: Task) -> bool:
    return isinstance(task.what, Reply) or (isinstance(task.what, Close) and task.what.template is not None)
