"""The page of each code, as docs/reference/rule-findings.md has it: `mailgate rules why MG201`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("**What it does.**", "**Why is this bad?**", "**Example**", "**Use instead**", "**See also**")
_HEAD = re.compile(r"^## (MG\d{3}): (.*)\n", re.MULTILINE)
_EXAMPLE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Page:
    """`text` is Markdown, without the title."""

    code: str
    title: str
    text: str

    @property
    def examples(self) -> tuple[str, ...]:
        """The files that yield the code, then those to use instead; () where no file alone yields it."""
        return tuple(_EXAMPLE.findall(self.text))


def read_pages(text: str) -> Mapping[str, Page]:
    """Every page by its code."""
    parts = _HEAD.split(text)[1:]
    found = (Page(*each) for each in zip(parts[::3], parts[1::3], map(str.strip, parts[2::3]), strict=True))
    return {page.code: page for page in found}
