"""What a rule that refuses mail may ask and do: at RCPT nothing is known but the envelope (MG124)."""

from mailgate.rules.actions import Reject
from mailgate.rules.conditions import Question
from mailgate.rules.findings import Findings
from mailgate.rules.rule import Rule
from mailgate.rules.task import Stop

_CLOCK = frozenset({"now", "weekday"})


def check_gate(rule: Rule, findings: Findings) -> None:
    """Adds a finding for each question and action that a rule with `reject` cannot have."""
    if not refuses(rule):
        return
    for question in rule.all_questions:
        if not is_of_envelope(question):
            mend = "use recipient, smtp.sender, smtp.peer, smtp.auth, smtp.size; or quarantine instead of reject"
            message = f'"{question.field.name}" is not known yet where a mail is refused'
            findings.error(question.mark, "MG124", message, mend)
    for task in rule.all_tasks:
        if not isinstance(task.what, Reject | Stop):
            message = "a rule that refuses mail does nothing else"
            findings.error(task.mark, "MG124", message, "put it into a rule of its own")


def refuses(rule: Rule) -> bool:
    return any(isinstance(task.what, Reject) for task in rule.all_tasks)


def is_for_rcpt(rule: Rule) -> bool:
    """Whether the rule can be judged, and can end a pass, by the envelope alone."""
    return all(isinstance(task.what, Reject | Stop) for task in rule.all_tasks) and all(
        map(is_of_envelope, rule.all_questions)
    )


def is_of_envelope(question: Question) -> bool:
    return question.field.source == "envelope" or question.field.name in _CLOCK
