"""How well real mail is read, measured by the corpus's own score.py through the real `mailgate inspect`.

`pytest -s tests/cli/test_corpus_scores.py` prints the table. A floor is the number of misses that may be left of a
fact, and why they are; what has none may have no miss at all. When fewer are missed, lower the number.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

MAILGATE = Path(sys.executable).with_name("mailgate")


class Floor(NamedTuple):
    """At most so many misses, and what they are."""

    misses: int
    why: str


FLOORS = {
    ("addresses", "from, name"): Floor(2, "Shift_JIS and GBK written raw into a header, without a charset"),
    ("addresses", "from, address"): Floor(1, "a dot at the end of a domain, which a peer keeps"),
    ("subject", "subject"): Floor(2, "Shift_JIS and GBK written raw into a header, without a charset"),
    ("body", "body, contains"): Floor(1, "text that says UTF-8 and is not"),
    ("body", "body, 95 % of the words"): Floor(
        4, "a wrong charset; a form whose HTML is a picture; spam whose letters hide between visible ones, twice"
    ),
    ("body", "body, HTML seen"): Floor(1, "HTML that a peer makes of plain text with pictures"),
    ("attachments", "attachments, as many as the peer"): Floor(8, "peers keep no reports, signatures and empty files"),
    ("attachments", "attachment, as described"): Floor(3, "message parts that a peer writes anew"),
    ("attachments", "attachment, inline or not"): Floor(2, "an inline file without a content id"),
    ("attachments", "attachment, content"): Floor(2, "broken base64 and a body that is a file"),
    ("attachments", "attachment, name"): Floor(1, "a name whose charset a peer gives up on"),
    ("attachments", "attachment, name and content"): Floor(2, "as the two rows above"),
    ("new text", "reply_text, exact"): Floor(10, "quotations and footers that the split does not know"),
    ("new text", "reply_text, nothing lost"): Floor(3, "two texts that differ from the peer's, and a wrong charset"),
    ("new text", "reply_text, no quotation left"): Floor(9, "quotations and footers that the split does not know"),
    ("new text", "quoted text, contains"): Floor(2, "quotations and footers that the split does not know"),
    ("automatic", "is automatic: yes"): Floor(1, "a mail of a system that does not say so"),
}
NOTHING_MISSED = Floor(0, "")


class Row(NamedTuple):
    """One line of the table that score.py prints."""

    group: str
    fact: str
    claimed: int
    right: int
    missed: tuple[str, ...]

    @property
    def floor(self) -> Floor:
        return FLOORS.get((self.group, self.fact), NOTHING_MISSED)

    def __str__(self) -> str:
        share = 100 * self.right / self.claimed
        return f"{self.group:<14} {self.fact:<36} {self.right:>4}/{self.claimed:<4} {share:6.1f} %  {self.floor.why}"


@pytest.fixture(scope="module")
def rows(corpus: Path) -> list[Row]:
    if not (corpus / "score.py").is_file():
        pytest.skip(f"no score.py in {corpus}")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MAILGATE_")}
    done = subprocess.run(
        [sys.executable, "score.py", "--json", "--", str(MAILGATE), "inspect"],
        cwd=corpus,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert not done.stderr, done.stderr
    return [
        Row(row["group"], row["fact"], row["claimed"], row["right"], tuple(each["message"] for each in row["misses"]))
        for row in json.loads(done.stdout)["facts"]
    ]


def test_real_mail_is_read_as_well_as_it_was(rows: list[Row]) -> None:
    print("", *rows, sep="\n")
    below = [row for row in rows if row.claimed - row.right > row.floor.misses]
    assert not below, "\n".join(f"{row}: {', '.join(row.missed)}" for row in below)


def test_every_floor_is_of_a_fact_that_is_measured(rows: list[Row]) -> None:
    assert set(FLOORS) <= {(row.group, row.fact) for row in rows}
