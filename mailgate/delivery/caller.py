"""The Carrier of what rules call: web addresses and programs."""

from collections.abc import Mapping
from datetime import timedelta

from mailgate.clock import Clock
from mailgate.config.settings import ProgramSettings, WebhookSettings
from mailgate.delivery import call as calls
from mailgate.delivery.call import Call
from mailgate.delivery.carrier import StillOurs
from mailgate.delivery.host import HostHealth
from mailgate.delivery.program import start_program
from mailgate.delivery.result import DeliveryResult, Parcel
from mailgate.delivery.webhook import WebhookCaller
from mailgate.ids import Ids

SCHEDULE = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600))
GIVE_UP = timedelta(days=30)  # each call says itself how often it is tried
AT_ONCE = 8


class Caller:
    """See the module; `webhooks` and `programs` are those of the configuration, by name."""

    def __init__(
        self,
        webhooks: Mapping[str, WebhookSettings],
        programs: Mapping[str, ProgramSettings],
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._programs = programs
        self._webhook = WebhookCaller(webhooks.get, clock, lambda: HostHealth(clock, ids))

    async def deliver(self, parcel: Parcel, still_ours: StillOurs) -> DeliveryResult:
        """See Carrier."""
        call = Call.of(parcel)
        if call.kind == "webhook":
            return await self._webhook.call(parcel, call, still_ours)
        program = self._programs.get(call.name)
        if program is None:
            return calls.failed(parcel, f"[programs.{call.name}] is not in the configuration any more")
        return await start_program(program.command, parcel, call, still_ours)

    async def close(self) -> None:
        """Nothing is kept between calls."""
