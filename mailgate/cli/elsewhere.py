"""For `reload --diff`: how many of the newest mails would go elsewhere by the new set (`mailgate replay` tells all)."""

import os
from collections.abc import Sequence
from pathlib import Path

from mailgate.cli.packaged import packaged_templates
from mailgate.cli.progress import Progress
from mailgate.cli.replay import page
from mailgate.errors import CannotStart, FilesRejected
from mailgate.service.active import CheckedSet
from mailgate.service.opening import joined_with, running_set
from mailgate.service.replay import replay
from mailgate.store.engine import Store
from mailgate.store.past_mail import Selection

NEWEST = 500
_MOST_LINES = 6


def elsewhere(store: Store, path: Path, made: CheckedSet) -> Sequence[str]:
    """The lines; none where no set runs yet, or the one that runs cannot be read any more."""
    try:
        old = store.read_now(lambda c: running_set(c, path, os.environ, packaged_templates()))
        new = store.read_now(lambda c: joined_with(c, made))
    except (CannotStart, FilesRejected):
        return ()
    with Progress("mails") as progress:
        tally = replay(store, Selection(last=NEWEST), old, new, progress)
    if tally is None or not tally.mails:
        return ()
    lines = page(tally)
    more = len(lines) - _MOST_LINES
    return [f"  {line}" for line in (*lines[:_MOST_LINES], *([f"  and {more} more kinds"] if more > 0 else []))]
