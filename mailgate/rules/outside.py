"""What a rule can ask of the world outside of mail: to call a web address, to start a program (spec/rules.md 1.5).

Both are rows of the outbox, written with the ticket's change and done later, at least once. What may be called stands
in the configuration ([webhooks], [programs]); a value from a mail can stand in path, query and body only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import quote

from mailgate.rules.expression import MAX_OUTPUT, Expression, ExpressionFailed, Sandbox, expression, shown
from mailgate.rules.reach import Network
from mailgate.rules.web_address import WebAddress, parse_web_address

Method = Literal["POST", "PUT", "PATCH", "DELETE", "GET"]
METHODS: tuple[Method, ...] = ("POST", "PUT", "PATCH", "DELETE", "GET")
Body = tuple[tuple[str, str], ...]

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class KnownWebhook:
    """One of [webhooks]: rules may call every path there. `signed`: it has a secret."""

    name: str
    address: WebAddress
    signed: bool = False
    allow_networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """A call of `address`, by the settings of [webhooks.NAME]. `body`: names and texts of a JSON object; None for the
    document of the event. `retries` come after the first attempt."""

    name: str
    address: WebAddress
    method: Method
    body: Body | None
    timeout: timedelta
    retries: int


@dataclass(frozen=True, slots=True)
class RunProgram:
    """A start of [programs.NAME]; it is killed after `timeout`."""

    name: str
    timeout: timedelta


@dataclass(frozen=True, slots=True)
class WebhookTemplate:
    """`webhook` with expressions; `url` by `url_expression`, and every URL that it gives has the webhook's origin."""

    webhook: KnownWebhook
    url: Expression
    method: Method
    body: tuple[tuple[str, Expression], ...] | None
    timeout: timedelta
    retries: int

    def filled(self, variables: Mapping[str, object]) -> CallWebhook:
        """Raises ExpressionFailed."""
        body = None if self.body is None else tuple((name, _text(each, variables)) for name, each in self.body)
        if body is not None and sum(len(text) for _, text in body) > MAX_OUTPUT:
            raise ExpressionFailed(f"the body grew beyond {MAX_OUTPUT:,} characters")
        address = self._address(variables)
        return CallWebhook(self.webhook.name, address, self.method, body, self.timeout, self.retries)

    def _address(self, variables: Mapping[str, object]) -> WebAddress:
        try:
            address = parse_web_address(self.url.render(variables))
        except ValueError as error:
            raise ExpressionFailed(f"the URL with these values cannot be called: {error}") from None
        if address.origin != self.webhook.address.origin:
            raise ExpressionFailed(f"the URL with these values leads to {address.authority}")
        if self.url.template is not None and _has_a_gap(address.target):
            raise ExpressionFailed("a part of the URL's path is empty")
        return address


def url_expression(source: str) -> Expression:
    """A text whose every `{{ }}` is percent-encoded: no value can be more than one piece of a path or a query. Raises
    ExpressionFailed."""
    return expression(source, _FOR_URLS)


def told_outside(what: CallWebhook | RunProgram) -> str:
    """The action as a person reads it."""
    if isinstance(what, RunProgram):
        return f"run {what.name}"
    return f"webhook {what.name}: {what.method} {what.address}"


def _text(text: Expression, variables: Mapping[str, object]) -> str:
    return _SURROGATES.sub("\ufffd", text.render(variables))


def _has_a_gap(target: str) -> bool:
    """Without a value, `/orders/{{ m.order }}` would name all orders."""
    path = target.partition("?")[0]
    return "//" in path or path.endswith("/")


def _quoted(value: object) -> str:
    return quote(str(shown(value)), safe="", errors="replace")


_FOR_URLS = Sandbox(_quoted)
