"""Reads the actions that reach outside: `webhook`, `run`. What may be called, and started, the configuration names."""

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import timedelta

from mailgate.problems import did_you_mean
from mailgate.rules.expression import Expression
from mailgate.rules.expression_reader import ExpressionReader
from mailgate.rules.findings import quoted
from mailgate.rules.mail_action_reader import read_duration
from mailgate.rules.outside import (
    METHODS,
    CallWebhook,
    KnownWebhook,
    Method,
    RunProgram,
    WebhookTemplate,
    url_expression,
)
from mailgate.rules.reach import why_not
from mailgate.rules.reading import Reading, lacks
from mailgate.rules.syntax import Mapping, Node, Scalar
from mailgate.rules.web_address import EXAMPLE, WebAddress, parse_web_address

WEBHOOK_KEYS = ("url", "method", "secret", "body", "timeout", "retries")
RUN_KEYS = ("program", "timeout")
TIMEOUT, LONGEST_TIMEOUT = timedelta(seconds=5), timedelta(seconds=30)
RUN_TIMEOUT, LONGEST_RUN = timedelta(seconds=30), timedelta(minutes=10)
RETRIES, MOST_RETRIES = 8, 20
MOST_NAMES = 100  # in a body

_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class OutsideActionReader:
    """Each method gives the action, or None after a finding."""

    reading: Reading
    texts: ExpressionReader

    def webhook(self, node: Node) -> CallWebhook | WebhookTemplate | None:
        parts = self._parts(node, "webhook", WEBHOOK_KEYS)
        if parts is None:
            return None
        before = self.reading.findings.errors
        url = parts.get("url")
        if isinstance(node, Mapping) and lacks(node, WEBHOOK_KEYS, "url"):
            self.reading.error(node, "MG007", '"webhook" does not say what to call', "write webhook: {url: NAME}")
        place = None if url is None else self._place(url, parts.get("secret"))
        method: Method | None = "POST"
        if "method" in parts:
            method = self.reading.choice(parts["method"], '"method" of webhook', METHODS)
        body = self._body(parts["body"]) if "body" in parts else None
        if method == "GET" and "body" in parts:
            self.reading.error(parts["body"], "MG007", "a GET has no body", "take it out, or write method: POST")
        timeout = self._time(parts.get("timeout"), '"timeout" of webhook', TIMEOUT, LONGEST_TIMEOUT)
        retries = self._retries(parts.get("retries"))
        if place is None or method is None or self.reading.findings.errors > before:
            return None
        template = WebhookTemplate(*place, method, body, timeout, retries)
        expressions = [place[1], *(text for _, text in body or ())]
        return template if any(each.template for each in expressions) else template.filled({})

    def run(self, node: Node) -> RunProgram | None:
        parts = self._parts(node, "run", RUN_KEYS)
        if parts is None:
            return None
        before, name = self.reading.findings.errors, None
        if isinstance(node, Mapping) and lacks(node, RUN_KEYS, "program"):
            self.reading.error(node, "MG007", '"run" names no program', "write run: {program: NAME}")
        if "program" in parts:
            name = self.reading.known(parts["program"], "program", "MG140", self.reading.vocabulary.programs)
        timeout = self._time(parts.get("timeout"), '"timeout" of run', RUN_TIMEOUT, LONGEST_RUN)
        return None if name is None or self.reading.findings.errors > before else RunProgram(name, timeout)

    def _parts(self, node: Node, verb: str, keys: tuple[str, ...]) -> MappingOf[str, Node] | None:
        """The values by key; a text alone is that of the first key."""
        if not isinstance(node, Mapping):
            return None if self.reading.text(node, f'"{verb}"') is None else {keys[0]: node}
        for key, _ in node.entries:
            if key.text not in keys:
                self.reading.unknown_key(key, f'"{verb}"', keys)
        return {key.text: value for key, value in node.entries if key.text in keys}

    def _place(self, node: Node, secret: Node | None) -> tuple[KnownWebhook, Expression] | None:
        text = self.reading.text(node, '"url" of webhook')
        if text is None:
            return None
        known = {each.name: each for each in self.reading.vocabulary.webhooks}
        if "/" not in text and "{" not in text:
            name = self.reading.known(node, "webhook", "MG140", known)
            found = [known[name]] if name is not None else []
            url: Expression | None = Expression(str(found[0].address)) if found else None
        else:
            address = self._address(node, text)
            found = [] if address is None else self._at(node, address)
            url = self.texts.read(node, "a URL", url_expression) if found else None
        chosen = self._chosen(node, secret, found)
        return None if chosen is None or url is None else (chosen, url)

    def _address(self, node: Node, text: str) -> WebAddress | None:
        """The URL with an "x" for each expression."""
        if "{" in text[: _end_of_host(text)]:
            message = "an expression may stand in the path and in the query only: values never choose the host"
            self.reading.error(node, "MG141", message, "write a rule for each host")
            return None
        try:
            return parse_web_address(_EXPRESSION.sub("x", text))
        except ValueError as error:
            self.reading.error(node, "MG141", f"{quoted(text)} cannot be called: {error}", EXAMPLE)
            return None

    def _at(self, node: Node, address: WebAddress) -> list[KnownWebhook]:
        """The webhooks of the configuration that this URL is one of."""
        webhooks = self.reading.vocabulary.webhooks
        if found := [each for each in webhooks if each.address.origin == address.origin]:
            return found
        literal = address.literal
        why = why_not(literal) if literal is not None else ""
        if why:
            message = f"{address.host} is {why}, which rules do not call"
            mend = "where it is meant, write [webhooks.NAME] with its url and allow_networks into config.toml"
        elif address.scheme == "http" and any(each.address.host == address.host for each in webhooks):
            message, mend = f"the configuration allows {address.host} by https only", "write https://"
        else:
            message = f"the configuration does not allow calls to {address.scheme}://{address.authority}"
            hosts = [str(each.address.authority) for each in webhooks]
            mend = did_you_mean(address.authority, hosts) or "write [webhooks.NAME] with its url into config.toml"
        self.reading.error(node, "MG141", message, mend)
        return []

    def _chosen(self, node: Node, secret: Node | None, found: list[KnownWebhook]) -> KnownWebhook | None:
        """The one whose settings hold; `secret:` names it."""
        if not found:
            return None
        names = " or ".join(each.name for each in found)
        if secret is None:
            if len(found) > 1:
                self.reading.error(node, "MG141", f"this is a URL of {names}", "say whose secret signs: secret: NAME")
            return found[0]
        name = self.reading.known(secret, "webhook", "MG140", [each.name for each in self.reading.vocabulary.webhooks])
        chosen = next((each for each in found if each.name == name), None)
        if name is not None and chosen is None:
            self.reading.error(secret, "MG141", f"the secret of {name} is not for this host", f"write secret: {names}")
        elif chosen is not None and not chosen.signed:
            mend = f'write secret = {{ file = "{name}.secret" }} into [webhooks.{name}]'
            self.reading.error(secret, "MG140", f"[webhooks.{name}] has no secret", mend)
        return chosen

    def _body(self, node: Node) -> tuple[tuple[str, Expression], ...] | None:
        said = self.reading.mapping(node, '"body" of webhook', 'write body: {order: "{{ m.order }}"}')
        if said is None:
            return None
        if len(said.entries) > MOST_NAMES:
            self.reading.error(
                node, "MG008", f"a body has at most {MOST_NAMES} names, here are {len(said.entries)}", "leave some out"
            )
            return None
        found = [(key, self.texts.read(value, f"{quoted(key.text)} of the body")) for key, value in said.entries]
        return tuple((key.text, text) for key, text in found if self._is_name(key) and text is not None)

    def _is_name(self, key: Scalar) -> bool:
        if _NAME.fullmatch(key.text):
            return True
        self.reading.error(key, "MG004", f"{quoted(key.text)} cannot be a name in a body", "use letters, digits, - _ .")
        return False

    def _time(self, node: Node | None, what: str, usual: timedelta, longest: timedelta) -> timedelta:
        found = None if node is None else read_duration(node, what, self.reading)
        if node is not None and found is not None and not timedelta(seconds=1) <= found <= longest:
            message = f"{what} is between 1s and {longest.total_seconds():g}s"
            self.reading.error(node, "MG004", message, f"write timeout: {usual.seconds}s")
        return found or usual

    def _retries(self, node: Node | None) -> int:
        text = None if node is None else self.reading.text(node, '"retries" of webhook')
        if node is None or text is None:
            return RETRIES
        if re.fullmatch("[0-9]{1,2}", text, re.ASCII) and int(text) <= MOST_RETRIES:
            return int(text)
        self.reading.error(node, "MG004", f"{quoted(text)} is not between 0 and {MOST_RETRIES}", "write retries: 8")
        return RETRIES


def _end_of_host(text: str) -> int:
    start = text.find("://") + 3 if "://" in text else 0
    ends = [place for sign in "/?#" if (place := text.find(sign, start)) >= 0]
    return min(ends, default=len(text))
