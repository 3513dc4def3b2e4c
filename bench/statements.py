"""How many statements a mail costs: the workload through the store in this process, in the daemon's batches."""

import shutil
import tempfile
from pathlib import Path

from bench.workload import CACHE, Workload
from mailgate.store.engine import Store
from tests.support.desk import Pipeline, make_envelope, make_policy
from tests.support.statements import statements

RULES = """
rules:
  - {name: acknowledge, when: ticket.created, do: [{reply: received}]}
  - {name: tell-the-team, when: ticket.created, do: [{notify: {team: queue, template: agent_new}}]}
  - {name: tell-the-owner, when: customer.replied, do: [{notify: {owner: true, template: agent_followup}}]}
"""


def statements_a_mail(filled: Path, mails: Workload) -> float:
    """On a copy of a filled desk."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=CACHE) as folder:
        database = Path(folder) / "mailgate.db"
        shutil.copy2(filled / "mailgate.db", database)
        store = Store(f"sqlite:///{database}")
        try:
            pipeline = Pipeline(store, make_policy(RULES, trusted=()))
            raws = [path.read_bytes() for path in sorted((mails.folder("[Ticket#{}]") / "eml").iterdir())]
            for raw in raws:
                pipeline.accept(raw, make_envelope("load@sender.example"))
            with statements(store._engine) as written, statements(store._read_engine) as read:
                while pipeline.process():
                    pass
            return (len(written) + len(read)) / len(raws)
        finally:
            store.close()
