"""The active set: policy and templates that belong together. A reload swaps one reference between two mails."""

from dataclasses import dataclass

from mailgate.decision.policy import Policy
from mailgate.notify.templates import Templates


@dataclass(frozen=True, slots=True)
class ActiveSet:
    """What the processor decides by."""

    policy: Policy
    templates: Templates
