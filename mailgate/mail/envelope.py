"""The envelope of a mail (RFC 5321) and the mail as a door hands it in.

What the envelope says is true of the transport, never of the text; the two are kept apart all the way.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# How an earlier mail is processed again at its author's word: she said that it was hers; with its commands corrected;
# with its commands as text; as an internal note.
ResumeWay = Literal["confirmed", "corrected", "as text", "as note"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who handed us a mail, from whom and for whom.

    `reverse_path` is None for `<>` (RFC 5321 4.5.5). `received_at` is aware. `authenticated_as` is the SMTP AUTH
    identity.
    """

    reverse_path: str | None
    forward_paths: tuple[str, ...]
    source: str  # the name of the [[in]] door, or "inject"
    received_at: datetime
    peer: str = ""  # IP address literal
    helo: str = ""
    protocol: str = "ESMTP"  # the WITH clause (RFC 3848)
    authenticated_as: str | None = None
    resumes: ResumeWay | None = None  # this is an earlier mail again
    resumed_from: int | None = None  # its number in the spool
    released: str = ""  # the operator lets it through: no rule of the gate is asked; who, and what the gate had said


@dataclass(frozen=True, slots=True)
class Submission:
    """An envelope and the raw bytes that came in it: what every door gives to the spool."""

    envelope: Envelope
    raw: bytes
