"""Real mail of other projects, read where it lies; never copied into this repository."""

import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = (
    b"Received: from mx.example ([192.0.2.1]) by border.example with ESMTP; Mon, 2 Mar 2026 10:00:00 +0000\r\n"
    b"From: Ana Silva <ana@acme.example>\r\nTo: Support <support@example.com>\r\nSubject: Invoice\r\n"
    b"Date: Mon, 2 Mar 2026 11:00:00 +0100\r\nMessage-ID: <m1@acme.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\nwhere is it?\r\n\r\n-- \r\nAna\r\n"
    b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8gd29ybGQ=\r\n--b--\r\n"
)


@pytest.fixture
def sample() -> bytes:
    """An ordinary mail: text with a signature, one attachment."""
    return SAMPLE


@pytest.fixture(scope="session")
def corpus() -> Path:
    folder = Path(os.environ.get("MAILGATE_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not folder.is_dir():
        pytest.skip(f"no corpus of real mail at {folder} (set MAILGATE_CORPUS)")
    return folder


@pytest.fixture(scope="session")
def corpus_mails(corpus: Path) -> list[tuple[str, bytes]]:
    """Every single message: (folder/file, raw)."""
    return [(f"{file.parent.name}/{file.name}", file.read_bytes()) for file in sorted(corpus.glob("*/*.eml"))]


@pytest.fixture
def thread_mails(corpus: Path) -> Iterator[Iterator[tuple[str, bytes]]]:
    """The slice of a public list, oldest first."""
    with tarfile.open(corpus / "threads" / "usrp-users.tar.xz") as archive:

        def each() -> Iterator[tuple[str, bytes]]:
            for member in archive:
                if member.isfile() and (file := archive.extractfile(member)):
                    yield member.name, file.read()

        yield each()
