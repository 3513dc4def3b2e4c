"""Which rules and cases the tests made run, and which they never did."""

from collections.abc import Iterable
from dataclasses import dataclass

from mailgate.rules.events import REFUSED
from mailgate.rules.rule import Rule
from mailgate.rules.ruleset import Ruleset
from mailgate.rules.syntax import Mark


@dataclass(frozen=True, slots=True)
class Unrun:
    """What no test made run: a case of a rule, or with 0 all of it."""

    rule: Rule
    case: int

    @property
    def told(self) -> str:
        return f"{self.rule.name} case {self.case}" if self.case else self.rule.name

    @property
    def mark(self) -> Mark:
        return self.rule.cases[self.case - 1].mark if self.case else self.rule.mark


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the enabled rules, but for those that wait for a reload."""

    rules: int
    rules_run: int
    cases: int
    cases_run: int
    never_run: tuple[Unrun, ...]

    @property
    def never(self) -> tuple[str, ...]:
        """As it is told, "vip" or "route case 3"."""
        return tuple(each.told for each in self.never_run)

    @property
    def told(self) -> str:
        counts = f"{self.rules_run} of {self.rules} rules, {self.cases_run} of {self.cases} cases"
        return f"coverage: {counts}" + (f"; never run: {', '.join(self.never)}" if self.never else "")


def coverage(rules: Ruleset, fired: Iterable[tuple[str, int]]) -> Coverage:
    """`fired`: the rules that ran in any test, each with its case."""
    ran = frozenset(fired)
    names = {name for name, _ in ran}
    enabled = [rule for rule in rules.rules if rule.enabled and rule.events != (REFUSED,)]  # no test reloads
    cases = [(rule.name, case) for rule in enabled for case in range(1, len(rule.cases) + 1)]
    never: list[Unrun] = []
    for rule in enabled:
        if rule.name not in names:
            never.append(Unrun(rule, 0))
        else:
            places = range(1, len(rule.cases) + 1)
            never += [Unrun(rule, case) for case in places if (rule.name, case) not in ran]
    return Coverage(
        rules=len(enabled),
        rules_run=sum(rule.name in names for rule in enabled),
        cases=len(cases),
        cases_run=sum(each in ran for each in cases),
        never_run=tuple(never),
    )
