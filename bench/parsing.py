"""What reading a mail costs beside bare mail-parser, in the same minutes: `make bench-parse`.

    python -m bench.parsing [--count 400] [--rounds 5]

Both read the mails of the workload from memory, in turns, each mail by both before the next; figures are CPU
milliseconds a mail, the medians of the rounds. mail-parser hands over headers, texts and attachments decoded, as the
benchmark's own `parse_bench.py` has it; ours does the same, splits the text and passes its verdicts.
"""

import argparse
import base64
import statistics
import time
from collections.abc import Callable

import mailparser

from bench.workload import Workload
from mailgate.mail.parse import parse

BOUND = 2.2  # times mail-parser's CPU


def bare(raw: bytes) -> object:
    """Everything that a ticket system needs of a mail, by mail-parser alone."""
    mail = mailparser.parse_from_bytes(raw)
    fields = (mail.subject, mail.from_, mail.message_id, mail.in_reply_to, mail.references)
    files = [base64.b64decode(each["payload"]) if each["binary"] else each["payload"] for each in mail.attachments]
    return fields, list(mail.text_plain) + list(mail.text_html), files


def cost(read: Callable[[bytes], object], raw: bytes) -> float:
    begun = time.process_time()
    read(raw)
    return time.process_time() - begun


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=400, help="mails")
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    folder = Workload(options.count).folder("[Ticket#{}]")
    raws = [path.read_bytes() for path in sorted((folder / "eml").glob("*.eml"))]
    for raw in raws[:20]:  # what is loaded late is loaded now
        bare(raw), parse(raw)
    ours, theirs = [], []
    for _ in range(options.rounds):
        pairs = [(cost(parse, raw), cost(bare, raw)) for raw in raws]
        ours.append(1000 * sum(pair[0] for pair in pairs) / len(raws))
        theirs.append(1000 * sum(pair[1] for pair in pairs) / len(raws))
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    print(f"mailgate     {statistics.median(ours):6.2f} ms a mail")
    print(f"mail-parser  {statistics.median(theirs):6.2f} ms a mail")
    print(f"ratio        {ratio:6.2f} (at most {BOUND})")


if __name__ == "__main__":
    main()
