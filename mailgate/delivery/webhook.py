"""Calls a web address for a rule, once: signed, to an address that was judged, no redirect followed.

2xx is done; 4xx is no for good, but 408, 425 and 429 (RFC 9110, 8470, 6585); a redirect is too, as nobody judged where
it leads. All else is tried again, no sooner than Retry-After says. The time limit is for everything, from the resolver
to the answer.
"""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from mailgate import __version__
from mailgate.clock import Clock
from mailgate.config.settings import WebhookSettings
from mailgate.delivery import call as calls
from mailgate.delivery.call import Call
from mailgate.delivery.carrier import LeaseLost, StillOurs
from mailgate.delivery.host import HostHealth
from mailgate.delivery.http_request import Answer, NotHttp, Request, ask
from mailgate.delivery.resolve import NotAllowed, reachable
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.signature import FIELD, signature
from mailgate.rules.web_address import WebAddress, parse_web_address

LONGEST_WAIT = timedelta(days=1)  # that a server can ask for
_AGAIN = (408, 425, 429)
_TOLD_OF_BODY = 300


class WebhookCaller:
    """`webhooks` as configured now: what left the configuration since the rule ran is not called any more.

    A host that does not answer is left alone for a while, twice as long each time; what is for it then waits untried.
    """

    def __init__(
        self, webhooks: Callable[[str], WebhookSettings | None], clock: Clock, health: Callable[[], HostHealth]
    ) -> None:
        self._webhooks, self._clock, self._health = webhooks, clock, health
        self._hosts: dict[tuple[str, str, int], HostHealth] = {}
        self._tls: dict[str, ssl.SSLContext] = {}

    async def call(self, parcel: Parcel, call: Call, still_ours: StillOurs) -> DeliveryResult:
        """Try once. Raises LeaseLost."""
        webhook = self._webhooks(call.name)
        if webhook is None:
            return calls.failed(parcel, f"[webhooks.{call.name}] is not in the configuration any more")
        address = parse_web_address(parcel.recipient)
        if address.origin != webhook.address.origin:
            return calls.failed(parcel, f"[webhooks.{call.name}] does not allow calls to {address.authority} any more")
        host = self._hosts.setdefault(address.origin, self._health())
        if rest := host.rest():
            return calls.not_now(parcel, f"{address.authority} is in trouble and left alone for a while", rest)
        try:
            async with asyncio.timeout(call.timeout.total_seconds()):
                answer = await self._ask(parcel, call, webhook, address, still_ours)
        except NotAllowed as error:
            return calls.failed(parcel, str(error))
        except TimeoutError:
            host.trouble()
            return calls.later(parcel, call, f"no answer within {call.timeout.total_seconds():g} s")
        except (OSError, NotHttp) as error:
            host.trouble()
            return calls.later(parcel, call, f"{address.authority}: {error}")
        host.well()
        return self._judged(parcel, call, answer)

    async def _ask(
        self, parcel: Parcel, call: Call, webhook: WebhookSettings, address: WebAddress, still_ours: StillOurs
    ) -> Answer:
        async def before() -> None:
            if not await still_ours():
                raise LeaseLost(f"outbox {parcel.outbox_id}")

        addresses = await reachable(address.host, address.port, webhook.allow_networks)
        request = Request(address, call.method, self._fields(parcel, call, webhook), parcel.content)
        return await ask(request, addresses, await self._context(webhook), before)

    def _fields(self, parcel: Parcel, call: Call, webhook: WebhookSettings) -> dict[str, str]:
        fields = {
            "User-Agent": f"mailgate/{__version__}",
            "Accept": "*/*",
            "Idempotency-Key": parcel.message_id,
            "X-Mailgate-Event": call.event,
        }
        if call.method != "GET":
            fields["Content-Type"] = "application/json"
        if webhook.secret is not None:
            fields[FIELD] = signature(webhook.secret.text, parcel.content, self._clock.now())
        return fields

    async def _context(self, webhook: WebhookSettings) -> ssl.SSLContext:
        """One for each set of authorities; reading them takes long enough to leave the loop."""
        file = str(webhook.ca_file or "")
        if file not in self._tls:
            self._tls[file] = await asyncio.to_thread(_made, file)
        return self._tls[file]

    def _judged(self, parcel: Parcel, call: Call, answer: Answer) -> DeliveryResult:
        said = f"{answer.status} {answer.reason}".strip()
        if 200 <= answer.status < 300:
            return calls.done(parcel, said)
        if excerpt := " ".join(answer.excerpt.split())[:_TOLD_OF_BODY]:
            said += f": {excerpt}"
        if 300 <= answer.status < 400:
            to = answer.fields.get("location", "")
            return calls.failed(parcel, f"{said}: redirects are not followed (to {to}): call the new address")
        if 400 <= answer.status < 500 and answer.status not in _AGAIN:
            return calls.failed(parcel, said)
        return calls.later(parcel, call, said, retry_after(answer.fields.get("retry-after"), self._clock.now()))


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait that a server asks for (RFC 9110 10.2.3), a day at most; None where it says none."""
    if value is None:
        return None
    text = value.strip()
    try:
        if text.isascii() and text.isdecimal():
            wait = timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
        else:
            wait = parsedate_to_datetime(text).astimezone(now.tzinfo) - now
    except (ValueError, OverflowError):
        return None
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _made(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
