"""`webhook` and `run`: what may be called the configuration says, and what may not is refused with file:line."""

from datetime import timedelta

import pytest

from mailgate.rules.outside import CallWebhook, RunProgram
from mailgate.rules.web_address import parse_web_address
from tests.rules.desk import action_problems, run

ERP = "https://erp.example.com"


def asked(action: str) -> CallWebhook | RunProgram:
    evaluation = run(f"rules:\n  - name: r\n    when: ticket.created\n    do:\n      - {action}\n")
    (fired,) = evaluation.fired
    assert isinstance(fired.action, CallWebhook | RunProgram)
    return fired.action


def call(name: str, url: str, **parts: object) -> CallWebhook:
    usual = {"method": "POST", "body": None, "timeout": timedelta(seconds=5), "retries": 8}
    return CallWebhook(name, parse_web_address(url), **{**usual, **parts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("webhook: erp", call("erp", f"{ERP}/hook")),
        ("webhook: {url: erp}", call("erp", f"{ERP}/hook")),
        (f'webhook: "{ERP}/orders?a=b"', call("erp", f"{ERP}/orders?a=b")),
        (f"webhook: {{url: '{ERP}/x', method: PUT, secret: erp}}", call("erp", f"{ERP}/x", method="PUT")),
        (
            "webhook: {url: erp, timeout: 30s, retries: 0}",
            call("erp", f"{ERP}/hook", timeout=timedelta(seconds=30), retries=0),
        ),
        (
            'webhook: {url: erp, body: {queue: "{{ ticket.queue }}", kind: a b}}',
            call("erp", f"{ERP}/hook", body=(("queue", "support"), ("kind", "a b"))),
        ),
        ("webhook: {url: 'https://two.example.com/c', secret: blue}", call("blue", "https://two.example.com/c")),
        ("webhook: green", call("green", "https://two.example.com/b")),
        ("webhook: 'http://10.20.0.5/other'", call("near", "http://10.20.0.5/other")),
        ("run: lookup-order", RunProgram("lookup-order", timedelta(seconds=30))),
        ("run: {program: lookup-order, timeout: 2m}", RunProgram("lookup-order", timedelta(minutes=2))),
    ],
)
def test_what_is_asked_for(action: str, expected: CallWebhook | RunProgram) -> None:
    assert asked(action) == expected


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/orders/{{ ticket.subject }}", "/orders/Invoice%20%234711%20is%20wrong"),
        ("/orders?q={{ ticket.subject }}&n=1", "/orders?q=Invoice%20%234711%20is%20wrong&n=1"),
        ('/{{ "a/../b?c=d&e#f" }}', "/a%2F..%2Fb%3Fc%3Dd%26e%23f"),
        ('/{{ "é\nX: y" }}', "/%C3%A9%0AX%3A%20y"),
        ("/{% if ticket.queue == 'support' %}s{% else %}o{% endif %}", "/s"),
    ],
)
def test_a_value_is_one_piece_of_a_path_or_of_a_query_whatever_stands_in_it(path: str, said: str) -> None:
    text = f"{ERP}{path}".replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
    found = asked(f'webhook: {{url: "{text}"}}')
    assert isinstance(found, CallWebhook)
    assert (str(found.address.host), found.address.target) == ("erp.example.com", said)


@pytest.mark.parametrize("value", ["''", "'.'", "'..'"])
def test_a_value_that_would_name_another_place_of_the_path_stops_its_rule(value: str) -> None:
    evaluation = run(
        f'rules: [{{name: r, when: ticket.created, do: [{{webhook: "{ERP}/orders/{{{{ {value} }}}}"}}, {{tag: a}}]}}]'
    )
    assert evaluation.fired == ()
    assert evaluation.trace.steps[0].verdict == "error"


REFUSED = {
    "an unknown name": ("webhook: erb", "MG140", 'no webhook "erb"'),
    "an unknown program": ("run: rm", "MG140", 'no program "rm"'),
    "a host of nobody's": ("webhook: 'https://evil.example/'", "MG141", "does not allow calls to https://evil.example"),
    "another port": (f"webhook: '{ERP}:8443/'", "MG141", "does not allow calls"),
    "a name that only begins so": ("webhook: 'https://erp.example.com.evil.example/'", "MG141", "does not allow"),
    "in clear": ("webhook: 'http://erp.example.com/hook'", "MG141", "by https only"),
    "loopback": ("webhook: 'http://127.0.0.1:8080/'", "MG141", "a loopback address"),
    "loopback, mapped": ("webhook: 'http://[::ffff:127.0.0.1]/'", "MG141", "a loopback address in another form"),
    "metadata": ("webhook: 'http://169.254.169.254/latest/'", "MG141", "a link-local address"),
    "a number": ("webhook: 'http://2130706433/'", "MG141", "not an IP address"),
    "a neighbour of one that is allowed": ("webhook: 'http://10.20.0.6/'", "MG141", "a private address"),
    "an expression for a host": (
        'webhook: "https://{{ ticket.queue }}.example.com/"',
        "MG141",
        "never choose the host",
    ),
    "an expression before it": ('webhook: "{{ ticket.queue }}://erp.example.com/"', "MG141", "never choose the host"),
    "an expression for a port": ('webhook: "https://erp.example.com:{{ m.x }}/"', "MG141", "never choose the host"),
    "a user": ("webhook: 'https://a:b@erp.example.com/'", "MG141", "cannot be called"),
    "a fragment": (f"webhook: '{ERP}/#x'", "MG141", "cannot be called"),
    "a climbing path": (f"webhook: '{ERP}/a/../b'", "MG141", "no parts of a path"),
    "an unknown variable": (f'webhook: "{ERP}/{{{{ tikcet }}}}"', "MG122", "no variable"),
    "nothing to call": ("webhook: {method: POST}", "MG007", "does not say what to call"),
    "two of one host": ("webhook: 'https://two.example.com/c'", "MG141", "a URL of blue or green"),
    "a secret of another host": (f"webhook: {{url: '{ERP}/', secret: blue}}", "MG141", "not for this host"),
    "a secret that is none": ("webhook: {url: 'https://two.example.com/c', secret: green}", "MG140", "has no secret"),
    "a method": ("webhook: {url: erp, method: BREW}", "MG004", "method"),
    "a body of a GET": ("webhook: {url: erp, method: GET, body: {a: b}}", "MG007", "a GET has no body"),
    "a body that is a text": ("webhook: {url: erp, body: x}", "MG007", "mapping"),
    "a name in a body": ("webhook: {url: erp, body: {'a b': c}}", "MG004", "name in a body"),
    "too long": ("webhook: {url: erp, timeout: 1h}", "MG004", "between 1s and 30s"),
    "too often": ("webhook: {url: erp, retries: 99}", "MG004", "between 0 and 20"),
    "an unknown key": ("webhook: {url: erp, secrte: erp}", "MG003", "secrte"),
    "arguments": ("run: {program: lookup-order, args: [a]}", "MG003", "args"),
    "a program for hours": ("run: {program: lookup-order, timeout: 2h}", "MG004", "between 1s and 600s"),
    "no program": ("run: {timeout: 5s}", "MG007", "names no program"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_may_not_be_called_is_refused_at_its_line(case: str) -> None:
    action, code, message = REFUSED[case]
    problems = action_problems(action)
    assert [each.code for each in problems] == [code], problems
    assert message in problems[0].message
    assert problems[0].line == 5


def test_neither_has_a_place_at_the_gate() -> None:
    for action in ("webhook: erp", "run: lookup-order"):
        assert [each.code for each in action_problems(action, "message.received")] == ["MG120"]
