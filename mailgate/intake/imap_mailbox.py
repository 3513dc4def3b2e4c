"""A conversation with one folder of an IMAP account, in the reader's words: what is there, fetch it, done with it.

Only UIDs, never sequence numbers; only BODY.PEEK[], sizes and SEARCH (RFC 9051). Lost ends the conversation, Refused
and Unusable say what the server said and what a person can do.
"""

import asyncio
import ssl
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address

from mailgate.config.settings import AfterIntake, ImapSettings
from mailgate.intake import modified_utf7
from mailgate.intake.imap_client import COMMAND_SECONDS, Client
from mailgate.intake.imap_errors import LoginRefused, Lost, Refused, Unusable
from mailgate.intake.imap_protocol import REPLY_OCTETS
from mailgate.intake.imap_replies import (
    chunks,
    fetched,
    folder_state,
    found,
    is_keyword,
    quoted,
    uid_set,
)

KEYWORD_SET_ASIDE = "$MailgateSetAside"
_WINDOW = 80_000  # UIDs that a SEARCH may find at a time: its reply is one line, and a line has a bound
_SIZES_AT_A_TIME = 500
_SLOWEST = 50_000  # octets a second; a server that is slower is given up
# A server's own trouble passes; a wrong password does not (RFC 5530).
_PASSING = frozenset(("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Opened:
    """The folder as it was opened. `uidnext`: at least every UID of mail that comes from now on."""

    uidvalidity: int
    uidnext: int
    peer: str


class Mailbox:
    """`open` first, `close` last, whatever happens between. One caller at a time."""

    def __init__(self, settings: ImapSettings, context: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._client = Client(settings.host, settings.port, settings.tls, context)
        self._folder_made = False
        self._large = False

    @property
    def has_idle(self) -> bool:
        return "IDLE" in self._client.capabilities

    async def open(self) -> Opened:
        """Connect, log in, open the folder. Raises Lost, or Unusable with the next step."""
        client, settings = self._client, self._settings
        await client.connect()
        await self._log_in()
        try:
            reply = await client.open_folder(modified_utf7.encode(settings.folder))
        except Refused as error:
            if error.code in _PASSING:
                raise Lost(str(error)) from error
            raise Unusable(
                f'the folder "{settings.folder}" cannot be opened ({error}); make it there, or change folder in'
                f' [[in]] "{settings.name}"'
            ) from error
        state = folder_state(reply.lines)
        if state.uidvalidity is None:
            raise Unusable(
                "the server gives no UIDVALIDITY: mail in this folder cannot be told apart (RFC 9051 2.3.1.1)"
            )
        self._large = state.exists > _WINDOW
        return Opened(state.uidvalidity, state.uidnext or await self._next_uid(), client.peer)

    async def _log_in(self) -> None:
        settings = self._settings
        try:
            await self._client.log_in(settings.user, settings.password.text)
        except ValueError as error:
            what = f"user or password holds a character that cannot be sent; {_about_password(settings)}"
            raise LoginRefused(what) from error
        except Refused as error:
            if error.code in _PASSING:
                raise Lost(str(error)) from error
            raise LoginRefused(f"login refused: {error}; {_about_password(settings)}") from error

    async def _next_uid(self) -> int:
        """For servers whose SELECT does not tell."""
        return max(await self._search("UID *"), default=0) + 1

    async def mails(self, start: int, uidnext: int) -> list[int]:
        """All UIDs from `start` on, in order. After this, news is news of later mail."""
        self._client.protocol.news.clear()
        return sorted(uid for uid in await self._from(start, uidnext) if uid >= start)

    async def mails_since(self, day: date, uidnext: int) -> frozenset[int]:
        """The UIDs of mail that arrived on that day or later, by the server's clock (INTERNALDATE)."""
        return frozenset(await self._from(1, uidnext, f" SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}"))

    async def _from(self, low: int, uidnext: int, criteria: str = "") -> set[int]:
        """UIDs from `low` on, a window at a time where there are many; the last mail even where all are below it."""
        uids: set[int] = set()
        while self._large and low + _WINDOW < uidnext:
            uids.update(await self._search(f"UID {low}:{low + _WINDOW - 1}{criteria}"))
            low += _WINDOW
        uids.update(await self._search(f"UID {low}:*{criteria}"))
        return uids

    async def _search(self, criteria: str) -> list[int]:
        return found((await self._client.say("SEARCH", criteria, uid=True)).lines)

    async def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """RFC822.SIZE of each, in octets; some servers only guess it. Mail that is gone is left out."""
        sizes: dict[int, int] = {}
        for chunk in chunks(uids, _SIZES_AT_A_TIME):
            reply = await self._client.say("FETCH", uid_set(chunk), "(UID RFC822.SIZE)", uid=True)
            sizes |= {each.uid: each.size for each in fetched(reply.lines) if each.size is not None}
        return {uid: sizes[uid] for uid in uids if uid in sizes}

    async def bodies(self, uids: Collection[int], octets: int) -> dict[int, bytes]:
        """The mails, byte by byte, unmarked. `octets` bounds them all together (TooMuch).

        Gone mail is left out, and so is an empty one: that is a server in trouble, which gives the mail another time.
        """
        bound = octets + REPLY_OCTETS
        seconds = COMMAND_SECONDS + bound / _SLOWEST
        reply = await self._client.say(
            "FETCH", uid_set(uids), "(UID BODY.PEEK[])", uid=True, octets=bound, seconds=seconds
        )
        return {each.uid: each.body for each in fetched(reply.lines) if each.body and each.uid in uids}

    async def finish(self, uids: Collection[int], after: AfterIntake) -> None:
        """Move, flag or delete mail that is ours now, exactly these UIDs. Raises Refused where the server will not."""
        match after.action:
            case "move":
                await self._move(uids, after.argument)
            case "seen":
                await self._flag(uids, r"\Seen")
            case "delete":
                await self._delete(uids)
            case "keyword":
                await self._flag(uids, after.argument)

    async def mark_set_aside(self, uid: int) -> None:
        """A keyword on mail that stays; not every server lets a client have keywords of his own."""
        with suppress(Refused):
            await self._flag((uid,), KEYWORD_SET_ASIDE)

    async def _flag(self, uids: Collection[int], flag: str) -> None:
        await self._client.say("STORE", uid_set(uids), "+FLAGS.SILENT", f"({flag})", uid=True)

    async def _delete(self, uids: Collection[int]) -> None:
        await self._flag(uids, r"\Deleted")
        if "UIDPLUS" in self._client.capabilities:  # a bare EXPUNGE would take others' deleted mail too
            await self._client.say("EXPUNGE", uid_set(uids), uid=True)

    async def _move(self, uids: Collection[int], folder: str) -> None:
        verb = "MOVE" if "MOVE" in self._client.capabilities else "COPY"
        name = quoted(modified_utf7.encode(folder))
        try:
            await self._client.say(verb, uid_set(uids), name, uid=True)
        except Refused:
            if self._folder_made:
                raise
            self._folder_made = True  # tried once a conversation
            with suppress(Refused):  # it is there after all, or the next try says what is wrong
                await self._client.say("CREATE", name)
            await self._client.say(verb, uid_set(uids), name, uid=True)
        if verb == "COPY":
            await self._delete(uids)

    async def wait(self, seconds: float) -> None:
        """Until there may be new mail, or `wake`, or for so long. Raises Lost when the connection is gone."""
        client = self._client
        if self.has_idle:
            await client.idle_until_news(seconds)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await client.protocol.news.wait()
        await client.say("NOOP")

    def wake(self) -> None:
        """End a `wait`."""
        self._client.protocol.news.set()

    async def close(self, *, politely: bool) -> None:
        await self._client.close(politely=politely)


def mistake(settings: ImapSettings) -> str | None:
    """What makes these settings unfit, with the mend; None where nothing does."""
    after = settings.after
    if settings.tls == "none" and not _is_this_machine(settings.host):
        return f'tls = "none" would send the password to {settings.host} in clear; use "implicit" or "starttls"'
    if after.action == "move" and (not after.argument or after.argument.casefold() == settings.folder.casefold()):
        return f'after = "move:{after.argument}" must name another folder than the one that is read'
    if after.action == "keyword" and not is_keyword(after.argument):
        return f'after: "{after.argument}" is no keyword; use letters, digits and $ _ . -'
    for name in (settings.folder, after.argument):
        if not name.isprintable():
            return f"the folder name {name!r} holds a character that no folder can have"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.rstrip(".").lower() == "localhost"


def _about_password(settings: ImapSettings) -> str:
    """What tells a wrong password from another without telling it."""
    password = settings.password.text
    odd = [", begins with a blank"] if password[:1].isspace() else []
    if password.endswith(("\n", "\r")):
        odd.append(", ends in a newline")
    elif password[-1:].isspace():
        odd.append(", ends in a blank")
    return f'the password comes from [[in]] "{settings.name}", {len(password)} characters{"".join(odd)}'
