"""The active set: policy and templates that belong together. A reload swaps one reference between two mails."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailgate.config.policy import policy
from mailgate.config.settings import Config
from mailgate.decision.policy import Policy
from mailgate.notify.templates import Templates
from mailgate.rules.ruleset import Ruleset
from mailgate.tickets.signed import Keyring


@dataclass(frozen=True, slots=True)
class CheckedSet:
    """A set without a mistake: its texts by name, and what was read in them. `hash` names all of it."""

    hash: str
    files: Mapping[str, str]
    config: Config
    rules: Ruleset
    templates: Templates

    def joined(self, ring: Keyring, agent_numbers: Mapping[str, int]) -> "ActiveSet":
        """With what the desk's database and key file know. From here on the rules go by the hash of the whole set."""
        rules = replace(self.rules, hash=self.hash)
        made = policy(self.config, rules, ring, agent_numbers, self.templates)
        return ActiveSet(made, self.templates, self.config, self.files)


@dataclass(frozen=True, slots=True)
class ActiveSet:
    """What the processor decides by, and the texts that it was made of."""

    policy: Policy
    templates: Templates
    config: Config
    files: Mapping[str, str]

    @property
    def hash(self) -> str:
        return self.policy.rules.hash
