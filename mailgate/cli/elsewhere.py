"""For `reload --diff`: how many of the newest mails would go elsewhere by the new set (`mailgate replay` tells all)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailgate.cli.packaged import packaged_templates
from mailgate.cli.progress import Progress
from mailgate.cli.replay import as_json, page
from mailgate.decision.replayed import Tally
from mailgate.errors import CannotStart, FilesRejected
from mailgate.service.active import ActiveSet, CheckedSet
from mailgate.service.opening import joined_with, running_set
from mailgate.service.replay import replay
from mailgate.store.engine import Store
from mailgate.store.past_mail import Selection

NEWEST = 500
_MOST_KINDS = 5


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The newest mails as the set that runs and the new one would have them."""

    tally: Tally
    old: ActiveSet
    new: ActiveSet

    def lines(self) -> Sequence[str]:
        """What a person reads."""
        return [f"  {line}" for line in page(self.tally, _MOST_KINDS)]

    def as_json(self) -> dict[str, Any]:
        """As `mailgate replay --json`."""
        return as_json(self.tally, self.old, self.new)


def elsewhere(store: Store, path: Path, made: CheckedSet, *, quiet: bool) -> Elsewhere | None:
    """None where no mail came yet, no set runs yet, or the one that runs cannot be read any more."""
    try:
        old = store.read_now(lambda c: running_set(c, path, os.environ, packaged_templates()))
        new = store.read_now(lambda c: joined_with(c, made))
    except (CannotStart, FilesRejected):
        return None
    with Progress("mails", quiet=quiet) as progress:
        tally = replay(store, Selection(last=NEWEST), old, new, progress)
    return Elsewhere(tally, old, new) if tally is not None and tally.mails else None
