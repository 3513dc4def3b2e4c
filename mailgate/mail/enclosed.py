"""Leaves that hold files of their own: winmail.dat, and texts with uuencoded files in them, taken apart.

What is taken out is a leaf like any other, named by the path of its holder and a letter: "2.t1", "1.u2"; winmail.dat
itself stays. Total; nothing is taken apart twice, and over its caps what holds files stays as it came.
"""

from collections.abc import Iterator
from dataclasses import replace

from mailgate.mail import charset, rtf, tnef, uuencode
from mailgate.mail.headers import scrub
from mailgate.mail.part import Part, safe_filename, type_of

LARGEST = 64 * 1024 * 1024  # octets of a holder
MOST_FILES = 1_000  # of one mail

_TNEF_TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")


def opened(raw: bytes, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The leaves of a mail, and behind each the files that it holds."""
    out: list[Part] = []
    for part in parts:
        if len(out) > MOST_FILES or part.end - part.start > LARGEST:
            out.append(part)
        elif is_tnef(part):
            out += [part, *_of_tnef(raw, part)]
        elif _may_hold_files(raw, part):
            out += _of_text(raw, part)
        else:
            out.append(part)
    return tuple(out)


def is_tnef(part: Part) -> bool:
    return part.content_type in _TNEF_TYPES or part.filename.lower() == "winmail.dat"


def _may_hold_files(raw: bytes, part: Part) -> bool:
    if part.content_type != "text/plain" or part.disposition == "attachment":
        return False
    return part.encoding.strip().lower() == "base64" or raw.find(b"begin", part.start, part.end) >= 0


def _of_text(raw: bytes, part: Part) -> Iterator[Part]:
    octets, defect = part.content(raw)
    rest, files = uuencode.split(octets)
    yield replace(part, held=rest, held_defect=defect)
    for number, file in enumerate(files, 1):
        name = safe_filename(charset.eight_bit(file.name, part.charset))
        yield _file(part, f"{part.path}.u{number}", name, file.content, file.defect)


def _of_tnef(raw: bytes, part: Part) -> Iterator[Part]:
    contents = tnef.read(part.content(raw)[0])
    if contents is None:
        return
    yield from _text_of_tnef(part, contents)
    for number, file in enumerate(contents.files, 1):
        path = f"{part.path}.t{number}"
        content_type = scrub(file.content_type).strip().lower()
        yield replace(
            _file(part, path, safe_filename(file.name), file.content, ""),
            content_type=content_type if file.is_typed else type_of(file.name),
            content_id=scrub(file.content_id).strip("<> ")[:255] or None,
        )


def _text_of_tnef(part: Part, contents: tnef.Contents) -> Iterator[Part]:
    """The text of the mail as winmail.dat has it, for a mail that has it nowhere else."""
    text, content_type, label = contents.plain.encode("utf-8", "replace"), "text/plain", "utf-8"
    if not text.strip() and contents.html.strip():
        text, content_type, label = contents.html, "text/html", contents.codepage
    elif not text.strip() and contents.rtf:
        text = rtf.to_text(rtf.decompressed(contents.rtf)).encode("utf-8", "replace")
    if text.strip():
        yield replace(
            _file(part, f"{part.path}.t", "", text, ""), content_type=content_type, charset=label, disposition="",
            of_tnef=True,
        )  # fmt: skip


def _file(part: Part, path: str, name: str, octets: bytes, defect: str) -> Part:
    return replace(
        part,
        path=path,
        content_type=type_of(name),
        charset=None,
        disposition="attachment",
        filename=name,
        content_id=None,
        encoding="",
        parameters=(),
        held=octets,
        held_defect=defect,
    )
