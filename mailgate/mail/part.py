"""A leaf of a mail: what it says it is, and its content, which nobody copies before it is asked for.

Names of files are the sender's claim, made harmless and for display only (spec/safety.md T14).
"""

import re
import unicodedata
from dataclasses import dataclass, field

from mailgate.mail import transfer
from mailgate.mail.headers import scrub

LONGEST_FILENAME = 150

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u206f\ufeff\ufff9-\ufffb]+"
)
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')
_EXTENSIONS = {
    "text/plain": "txt", "text/html": "html", "text/calendar": "ics", "text/rfc822-headers": "txt",
    "text/csv": "csv", "text/xml": "xml", "text/vcard": "vcf", "text/x-vcard": "vcf", "text/rtf": "rtf",
    "text/markdown": "md",
    "text/enriched": "txt", "message/partial": "eml",
    "message/delivery-status": "txt", "message/disposition-notification": "txt", "message/feedback-report": "txt",
    "application/pdf": "pdf", "application/pgp-signature": "asc", "application/pkcs7-signature": "p7s",
    "application/pkcs7-mime": "p7m", "application/ms-tnef": "dat",
    "application/x-pkcs7-signature": "p7s", "application/x-pkcs7-mime": "p7m", "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc", "application/zip": "zip", "application/json": "json", "application/xml": "xml",
    "application/ics": "ics", "application/rtf": "rtf", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/svg+xml": "svg",
    "image/jpg": "jpg", "image/tiff": "tif", "image/bmp": "bmp", "image/webp": "webp", "image/heic": "heic",
    "audio/mpeg": "mp3", "audio/wav": "wav", "audio/ogg": "ogg", "video/mp4": "mp4", "video/quicktime": "mov",
}  # fmt: skip


_TYPES = {extension: content_type for content_type, extension in reversed(_EXTENSIONS.items())}


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf: what it says it is, and where its content lies in the raw mail (still in its transfer encoding)."""

    path: str
    content_type: str  # lower case, "text/plain" where it is missing or broken
    charset: str | None
    disposition: str  # "attachment", "inline" or ""
    filename: str  # safe for display, "" where the sender gave none
    content_id: str | None
    encoding: str
    parameters: tuple[tuple[str, str], ...]
    start: int
    end: int
    parents: tuple[tuple[str, str], ...] = ()  # (path, subtype) of the multiparts around it, outermost first
    held: bytes | None = field(default=None, repr=False)  # the decoded content of what was taken out of another leaf
    held_defect: str = ""
    of_tnef: bool = False  # the text of winmail.dat, which counts where the mail has no other

    @property
    def maintype(self) -> str:
        return self.content_type.partition("/")[0]

    def parameter(self, name: str) -> str:
        return dict(self.parameters).get(name, "")

    def content(self, raw: bytes) -> tuple[bytes, str]:
        """The decoded octets and a defect or ""."""
        if self.held is not None:
            return self.held, self.held_defect
        return transfer.undone(raw[self.start : self.end], self.encoding)

    def footer(self, raw: bytes) -> bytes:
        """What stands behind the encoded content as plain text."""
        return transfer.footer(raw[self.start : self.end])


def safe_filename(name: str) -> str:
    """A sender's file name as it may be shown and offered; "" where nothing is left of it.

    One path component in NFC, without controls, bidi and invisible characters, leading or trailing dots and blanks, of
    at most 150 characters, its extension kept.
    """
    name = scrub(name[:20_000]).replace("\\", "/")
    name = unicodedata.normalize("NFC", _INVISIBLE.sub("", name))  # what it removes may have hidden a dot or an accent
    name = name.rstrip("/ .").rpartition("/")[2]
    name = " ".join(_NOT_IN_NAMES.sub("_", name).split()).strip(". ")
    if len(name) <= LONGEST_FILENAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        return name[:LONGEST_FILENAME].strip(". ")
    return f"{stem[: LONGEST_FILENAME - len(extension) - 1]}.{extension}"


def made_up_name(part: Part) -> str:
    """A name for an attachment that came without one."""
    extension = _EXTENSIONS.get(part.content_type, "bin")
    return f"{'image' if part.maintype == 'image' else 'part'}-{part.path}.{extension}"


def type_of(name: str) -> str:
    """The content type that a file's extension stands for, where nobody said it."""
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
