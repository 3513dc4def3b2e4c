"""What one mail may use of memory, in a process that is bounded for nobody but that mail."""

import subprocess
import sys

import pytest

# In a process of its own: the bound must not be that of the tests.
BOUNDED = """
import sys
from mailgate.mail import parse as reader
from mailgate.service.reading import MEMORY_A_MAIL, limited, read

whole = reader.parse
def greedy(raw, reverse_path=""):
    if b"greedy" in raw:
        return len(bytearray(2 * MEMORY_A_MAIL + 12 * len(raw)))
    return whole(raw, reverse_path)
import mailgate.service.reading as reading
reading.parse = greedy
for subject in (b"one", b"greedy", b"three"):
    raw = b"From: ana@acme.example\\r\\nSubject: " + subject + b"\\r\\n\\r\\nHello\\r\\n"
    with limited(len(raw)):
        message = read(raw, "")
    print(message.subject, *message.defects, [each.filename for each in message.attachments], sep="|")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is asked of /proc")
def test_a_mail_that_wants_more_memory_than_it_may_have_gives_its_header_and_itself() -> None:
    ran = subprocess.run([sys.executable, "-c", BOUNDED], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        "one|[]",
        "greedy|reading it needs more memory than a mail may use|['message.eml']",
        "three|[]",
    ]
