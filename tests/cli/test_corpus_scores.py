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
    ("addresses", "from, name"): Floor(1, "a sender with a name and no address: a peer drops the name"),
    ("addresses", "from, address"): Floor(1, "a dot at the end of a domain, which a peer keeps"),
    ("body", "body, empty"): Floor(2, "broken boundaries: a peer loses the text below them, here it is shown"),
    ("body", "body, 95 % of the words"): Floor(
        4, "a uuencoded file is a file and no text; letters hidden between visible ones, twice; HTML that says little"
    ),
    ("body", "body, HTML seen"): Floor(1, "HTML that a peer makes of plain text with pictures"),
    ("attachments", "attachments, as many as the peer"): Floor(6, "reports, signatures and invitations are kept"),
    ("attachments", "attachment, as described"): Floor(3, "a returned mail is kept whole; HTML that is the body"),
    ("attachments", "attachment, inline or not"): Floor(
        2, "a picture and a PDF that say they are inline, without a content id"
    ),
    ("attachments", "attachment, content"): Floor(1, "the second half of an Apple Mail body, a peer's file"),
    ("attachments", "attachment, name"): Floor(1, "a name whose charset a peer gives up on, read here"),
    ("attachments", "attachment, name and content"): Floor(1, "as the row above"),
    ("new text", "reply_text, exact"): Floor(
        5, "a quotation that is answered below; a link with its address; a peer's own cut; a signature that is one"
    ),
    ("new text", "reply_text, no quotation left"): Floor(3, "a quotation that is answered below; nothing above it"),
    ("new text", "quoted text, contains"): Floor(1, "what a program marks as signature is the signature"),
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
