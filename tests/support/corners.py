"""One desk for many tests: each test has a corner of its own, and sees and disturbs no other's.

A corner is a queue with two agents and customers of their own. The desk has two doors: `port` takes mail from anybody,
`border` is where our own mail server brings what it checked (its Authentication-Results are believed).
"""

import contextlib
import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from mailgate.cli.main import main
from tests.support.daemon import LIFTED, Daemon, toml, wait_until
from tests.support.postgres import free_port
from tests.support.sink_process import Delivered, Sink
from tests.support.smtp import Reply, Session

AUTHSERV = "mx.example.test"
UNLIMITED = {"automatic": LIFTED, "delay": "0s"}
_WORK = "SELECT (SELECT count(*) FROM spool WHERE state = 'new'), (SELECT count(*) FROM outbox WHERE state IN {})"
_UNSENT = "('waiting', 'sending', 'delayed')"
_READING = """
[site]
domain = "example.test"
[database]
url = "{url}"
[out]
paused = true
[queues.c1]
addresses = ["c1@example.test"]
"""
_numbers = itertools.count(1)

Fields = Sequence[str | bytes]


def checked(result: str, address: str) -> str:
    """What our border writes on top of a mail: `checked("dmarc=pass", "ana@acme.example")`."""
    return f"Authentication-Results: {AUTHSERV}; {result} header.from={address.rpartition('@')[2]}"


def mail(
    author: str,
    to: str,
    subject: str = "Printer",
    text: str = "It is on fire.",
    *,
    fields: Fields = (),
    html: str = "",
    message_id: str = "",
) -> bytes:
    """A mail as a plain client writes it. `author` and `subject` go in as they are; `fields` stand on top of it.

    With `html` it has that part alone. A Message-ID that is not given is a new one.
    """
    message_id = message_id or f"<{next(_numbers)}@client.example>"
    own = [f"From: {author}", f"To: {to}", f"Subject: {subject}", f"Message-ID: {message_id}", "MIME-Version: 1.0"]
    own += [f"Content-Type: text/{'html' if html else 'plain'}; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    head = b"".join((each if isinstance(each, bytes) else each.encode()) + b"\r\n" for each in (*fields, *own))
    return head + b"\r\n" + (html or text).replace("\n", "\r\n").encode() + b"\r\n"


def reply_address(got: Delivered) -> str:
    """Where "Reply" writes to."""
    return parseaddr(got.header("Reply-To") or got.header("From"))[1]


def link(got: Delivered, name: str) -> str:
    """The address of the button with that name in a notification."""
    found = re.search(rf'href="mailto:([^"?]+)[^"]*"[^>]*>{name}</a>', markup(got))
    assert found, f"no link {name} in {markup(got)}"
    return found[1]


def plain(got: Delivered) -> str:
    """Its text part."""
    part = got.message.get_body(("plain",))
    return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


def markup(got: Delivered) -> str:
    """Its HTML part."""
    part = got.message.get_body(("html",))
    return "" if part is None else str(part.get_content())


def everything(got: Delivered) -> str:
    """All that a reader can find in it: the head as it came and every text decoded."""
    head = got.content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    decoded = "\n".join(f"{name}: {value}" for name, value in got.message.items())
    return "\n".join((head, decoded, plain(got), markup(got)))


def is_automatic(got: Delivered) -> bool:
    return bool(got.header("Auto-Submitted"))


class Corners:
    """A running desk and its sink; `port` and `border` are its doors."""

    def __init__(self, daemon: Daemon, sink: Sink, border: int) -> None:
        self.daemon, self.sink, self.port, self.border = daemon, sink, daemon.port, border
        self._reading = daemon.directory / "reading.toml"
        self._names = itertools.count(1)
        self._engine = sa.create_engine(daemon.database_url, poolclass=sa.NullPool)

    def corner(self) -> "Corner":
        return Corner(self, f"c{next(self._names)}")

    def send(
        self, content: bytes, *, sender: str, to: Sequence[str], source: str = "127.0.0.1", border: bool = False
    ) -> Reply:
        with Session(self.border if border else self.port, source=source) as session:
            return session.send(sender, to, content)

    def settle(self) -> None:
        """Wait until every accepted mail has its outcome and everything composed is delivered."""

        def done() -> bool:
            with self._engine.connect() as connection:
                return tuple(connection.exec_driver_sql(_WORK.format(_UNSENT)).one()) == (0, 0)

        wait_until(done, 60, "the spool and the outbox are empty")

    def cli(self, *arguments: str) -> Any:
        """The JSON of a command that reads the database.

        It runs in this process and with the shortest configuration: else interpreters that start, and a hundred queues
        that are read, would be most of the tests' time.
        """
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = main(["-C", str(self._reading), *arguments, "--json"])
        assert code == 0, f"mailgate {' '.join(arguments)}: {code}\n{out.getvalue()}"
        return json.loads(out.getvalue())

    def to_domain(self, domain: str) -> list[Delivered]:
        """What was delivered to anybody there, in subdomains too."""
        return [each for each in list(self.sink.taken) if _at(each, domain)]


def _at(got: Delivered, domain: str) -> bool:
    return any(re.search(rf"[@.]{re.escape(domain)}$", path) for path in got.forward_paths)


@contextlib.contextmanager
def corners(
    directory: Path,
    count: int,
    *,
    checks: bool = True,
    sections: Mapping[str, Mapping[str, Any]] | None = None,
    rules: str = "",
) -> Iterator[Corners]:
    """A desk with `count` corners. `checks`: whether our border says who is genuine; without, nothing is ever known.

    `sections` go over its configuration, `rules` is one more file of them.
    """
    with Sink() as sink, contextlib.ExitStack() as stack:
        names = [f"c{number}" for number in range(1, count + 1)]
        agents = {f"{who}-{name}": _agent(who, name) for name in names for who in ("nina", "kim")}
        options: dict[str, Mapping[str, Any]] = {
            "queues": {name: {"addresses": [f"{name}@example.test"], "team": name} for name in names},
            "teams": {name: [f"nina-{name}", f"kim-{name}"] for name in names},
            "agents": agents,
            "out": UNLIMITED,
        }
        for section, changes in (sections or {}).items():
            options[section] = {**options.get(section, {}), **changes}
        daemon = Daemon(directory, smarthost=sink.port, options=options)
        border = free_port()
        if rules:
            (daemon.directory / "rules" / "50-test.yaml").write_text(rules)
        door = {"name": "border", "type": "smtp", "listen": f"127.0.0.1:{border}", "peers": ["127.0.0.0/8"]}
        if checks:
            door |= {"trusted_authserv": [AUTHSERV], "border": [AUTHSERV]}
        with daemon.config.open("a") as config:
            config.write("\n[[in]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in door.items()))
        (daemon.directory / "reading.toml").write_text(_READING.format(url=daemon.database_url))
        stack.callback(daemon.close)
        yield Corners(daemon.start(), sink, border)


def _agent(who: str, corner: str) -> dict[str, Any]:
    return {"name": f"{who.title()} Costa", "email": f"{who}@{corner}.staff.example"}


@dataclass(frozen=True)
class Opened:
    """A ticket of a customer's: its number, his own Message-ID, his acknowledgement, and what Nina was told."""

    number: str
    message_id: str
    acknowledgement: Delivered
    notice: Delivered
    kims_notice: Delivered


@dataclass(frozen=True)
class Corner:
    """A queue, Nina and Kim who work on it, and whoever writes to it."""

    desk: Corners
    name: str

    @property
    def address(self) -> str:
        return f"{self.name}@example.test"

    @property
    def nina(self) -> str:
        return f"nina@{self.name}.staff.example"

    @property
    def kim(self) -> str:
        return f"kim@{self.name}.staff.example"

    def person(self, name: str) -> str:
        """The address of a customer or a stranger; every name has its own domain in every corner."""
        return f"{name}@{name}.{self.name}.example"

    # --- mail in ------------------------------------------------------------------------------------------------------

    def hand_in(
        self, content: bytes, *, sender: str, to: Sequence[str] = (), source: str = "127.0.0.1", border: bool = False
    ) -> str:
        """Bring a mail to the queue, unless `to` says otherwise; its name in the spool. Nothing is waited for."""
        reply = self.desk.send(content, sender=sender, to=to or (self.address,), source=source, border=border)
        assert reply.code == 250, reply
        return reply.spool_id or ""

    def post(self, content: bytes, **more: Any) -> str:
        """The same, and wait until all is done."""
        name = self.hand_in(content, **more)
        self.desk.settle()
        return name

    def write(self, who: str, subject: str = "Printer", text: str = "It is on fire.", **more: Any) -> str:
        """A plain mail of somebody outside; `more` as `mail` takes it."""
        return self.post(mail(who, self.address, subject, text, **more), sender=who)

    def open(self, who: str = "", text: str = "It is on fire.", subject: str = "Printer", **more: Any) -> Opened:
        """A customer's first mail and what came of it."""
        who, message_id = who or self.person("ana"), f"<{next(_numbers)}@client.example>"
        name = self.write(who, subject, text, message_id=message_id, **more)
        (acknowledgement,) = self.to(who)
        return Opened(
            self.spooled(name)["ticket"], message_id, acknowledgement, self.to(self.nina)[-1], self.to(self.kim)[-1]
        )

    def answer(
        self,
        got: Delivered,
        text: str = "",
        *,
        who: str = "",
        to: str = "",
        result: str = "dmarc=pass",
        html: str = "",
        fields: Fields = (),
    ) -> str:
        """An agent's reply to a mail that she got, checked by our border; empty `result`: nothing is said of her."""
        who, to = who or self.nina, to or reply_address(got)
        said = [checked(result, who)] if result else []
        thread = [f"In-Reply-To: {got.header('Message-ID')}", f"References: {got.header('Message-ID')}"]
        subject = " ".join(f"Re: {got.header('Subject')}".split())
        content = mail(who, to, subject, text, html=html, fields=[*said, *fields, *thread])
        return self.post(content, sender=who, to=[to], border=True)

    # --- what came of it ----------------------------------------------------------------------------------------------

    def to(self, address: str) -> list[Delivered]:
        return self.desk.sink.to(address)

    def sent(self) -> list[Delivered]:
        """Everything that went out for this corner's tickets."""
        return [each for each in list(self.desk.sink.taken) if f"{self.name}.".encode() in each.content]

    def tickets(self) -> list[dict[str, Any]]:
        return list(self.desk.cli("ticket", "list", "--queue", self.name))

    def ticket(self, number: str) -> dict[str, Any]:
        return dict(self.desk.cli("ticket", "show", number))

    def only_ticket(self) -> dict[str, Any]:
        (found,) = self.tickets()
        return self.ticket(found["number"])

    def spooled(self, name: str) -> dict[str, Any]:
        return dict(self.desk.cli("spool", "show", name))

    def article(self, name: str) -> dict[str, Any]:
        """The article that a mail became."""
        row = self.spooled(name)
        articles = self.ticket(row["ticket"])["articles"]
        return dict(next(each for each in articles if each["id"] == row["article"]))


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def events(ticket: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The details of what stands in a ticket's history under that name."""
    return [each["detail"] or {} for each in ticket["history"] if each["event"] == name]


def standing(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """What an order could have changed."""
    return {name: ticket[name] for name in "state queue priority owner tags participants fields linked".split()}
