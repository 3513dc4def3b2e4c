"""`mailgate template preview NAME --to ADDRESS`: the preview as a mail of the desk's own, by the outbox like any other.

It belongs to no ticket: an answer to it does nothing, and the links of its buttons are made up.
"""

import argparse
import os
import sys

from mailgate.cli.opened import print_json, printable
from mailgate.cli.packaged import packaged_templates
from mailgate.clock import SystemClock
from mailgate.config.settings import Config
from mailgate.errors import CannotStart
from mailgate.ids import SystemIds
from mailgate.mail.address import read_addresses
from mailgate.notify.notice import letter
from mailgate.notify.rendered import Rendered
from mailgate.service.opening import open_store, running_set
from mailgate.store import outbox

USAGE = 2


def send_preview(args: argparse.Namespace, config: Config | None, rendered: Rendered) -> int:
    """Put it into the outbox. Raises CannotStart where there is no desk that could send it."""
    if config is None:
        raise CannotStart("sending needs a configuration: -C, or `mailgate init`", 78)
    if [each.address for each in read_addresses(args.to).mailboxes] != [args.to]:
        print(f"{printable(args.to)} is no address; write it as in me@example.com", file=sys.stderr)
        return USAGE
    now, store = SystemClock().now(), open_store(config)
    try:
        active = store.read_now(lambda c: running_set(c, config.path, os.environ, packaged_templates()))
        mail = letter(args.name, args.to, rendered, active.policy, SystemIds().nonce(), now)
        if not args.dry_run:
            store.write_now(lambda c: outbox.enqueue(c, None, (mail,), now))
    finally:
        store.close()
    if args.json:
        print_json({"to": args.to, "subject": rendered.subject, "message_id": mail.message_id})
    else:
        said = "would be" if args.dry_run else "is"
        print(f"{args.name} {said} in the outbox for {printable(args.to)}; `mailgate outbox list` tells how it went")
    return 0
