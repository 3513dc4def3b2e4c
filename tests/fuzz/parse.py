"""Coverage-guided search for a mail that defeats the reader: `make fuzz` (it runs until it finds one, or for SECONDS).

What is asked of every input: `parse` raises nothing and takes under two seconds; no header value, address or file name
holds a control; every attachment is found again by its part, with the size and digest that were told.
"""

import contextlib
import os
import sys
import time
from hashlib import sha256
from pathlib import Path

import atheris  # type: ignore[import-untyped, unused-ignore]  # in a venv of its own: make fuzz

with atheris.instrument_imports(include=["mailgate", "mailparser", "email"]):
    from mailgate.mail.inspect import as_json
    from mailgate.mail.parse import _read, parse  # _read: a defect would hide what was raised
    from mailgate.mail.part import safe_filename
    from mailgate.mail.parts import contents

from tests.mail.hostile import shown_values, unfit

SECONDS_PER_MAIL = 2.0


def one(octets: bytes) -> None:
    started = time.process_time()
    message = _read(octets, "")
    spent = time.process_time() - started
    if spent > SECONDS_PER_MAIL:
        raise RuntimeError(f"read in {spent:.1f} s")
    if (shown := unfit(shown_values(message))) is not None:
        raise RuntimeError(f"a control left the reader: {shown!r}")
    as_json(message)
    found = contents(octets, {each.part for each in message.attachments})
    for each in message.attachments:
        if sha256(found[each.part]).hexdigest() != each.sha256 or safe_filename(each.filename) != each.filename:
            raise RuntimeError(f"attachment {each.part}: {each.filename!r}")


def seeds(folder: Path) -> None:
    """Real mail to start from: that of $MAILGATE_CORPUS, and what the tests make."""
    from tests.mail.hostile import seeds as made

    folder.mkdir(parents=True, exist_ok=True)
    corpus = os.environ.get("MAILGATE_CORPUS")
    files = [path.read_bytes() for path in sorted(Path(corpus).rglob("*.eml"))] if corpus else []
    for octets in (*made(), *files):
        if len(octets) < 64 * 1024:
            (folder / sha256(octets).hexdigest()[:16]).write_bytes(octets)


def main() -> None:
    folder = Path(os.environ.get("MAILGATE_FUZZ", ".fuzz")) / "corpus"
    with contextlib.suppress(FileExistsError):
        seeds(folder)
    parse(b"")  # loads what is loaded late
    limits = ["-max_len=20000", "-timeout=20", "-rss_limit_mb=2000", f"-artifact_prefix={folder.parent}/"]
    atheris.Setup([sys.argv[0], *limits, *sys.argv[1:], str(folder)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
