"""[webhooks] and [programs]: what rules may call and start, and nothing besides."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from mailgate.config.policy import vocabulary
from mailgate.config.settings import Secret
from tests.config.texts import WHOLE, marked, problems, read

HOOK = '[webhooks.erp]\nurl = "https://erp.example.com/hook"\n'


def test_a_webhook_has_its_secret_from_elsewhere(tmp_path: Path) -> None:
    config = read(WHOLE + HOOK + 'secret = { env = "ERP" }\n', tmp_path, ERP="hush")
    webhook = config.webhooks["erp"]
    assert (str(webhook.address), webhook.secret) == ("https://erp.example.com/hook", Secret("hush"))
    assert "hush" not in repr(config)
    (known,) = vocabulary(config, ()).webhooks
    assert (known.name, known.address, known.signed) == ("erp", webhook.address, True)


def test_a_network_of_ones_own_is_called_where_it_is_allowed() -> None:
    text = '[webhooks.near]\nurl = "http://10.20.0.5:8080/"\nallow_networks = ["10.20.0.0/16"]\n'
    config = read(WHOLE + text)
    assert config.webhooks["near"].allow_networks == (ip_network("10.20.0.0/16"),)
    assert config.warnings == ()


def test_programs_are_command_lines() -> None:
    config = read(WHOLE + '[programs.cat]\ncommand = ["/bin/cat", "-n"]\n')
    assert config.programs["cat"].command == ("/bin/cat", "-n")
    assert vocabulary(config, ()).programs == {"cat"}
    assert config.warnings == ()


WRONG = {
    "loopback": ('[webhooks.a]\nurl = ⟦"http://127.0.0.1:8080/x"⟧\n', "a loopback address"),
    "mapped": ('[webhooks.a]\nurl = ⟦"http://[::ffff:127.0.0.1]/"⟧\n', "in another form (127.0.0.1)"),
    "metadata": ('[webhooks.a]\nurl = ⟦"http://169.254.169.254/"⟧\n', "a link-local address"),
    "a number for an address": ('[webhooks.a]\nurl = ⟦"http://2130706433/"⟧\n', "cannot be called"),
    "another network": (
        '[webhooks.a]\nurl = ⟦"http://10.1.0.1/"⟧\nallow_networks = ["10.2.0.0/16"]\n',
        "a private address",
    ),
    "a scheme": ('[webhooks.a]\nurl = ⟦"ftp://a.example/"⟧\n', "cannot be called"),
    "a secret in clear": (HOOK + 'secret = ⟦"x"⟧\n', "never written"),
    "a program by its name alone": ('[programs.a]\ncommand = [⟦"cat"⟧]\n', "not the whole path"),
    "no program": ("[programs.a]\ncommand = ⟦[]⟧\n", "the list is empty"),
    "one that is not there": ('[programs.a]\ncommand = [⟦"/no/such"⟧]\n', "can be started here"),
    "authorities that are not there": (HOOK + '⟦ca_file⟧ = "no.pem"\n', "cannot read"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told_at_its_place(case: str) -> None:
    text, message = WRONG[case]
    text, place = marked(WHOLE + text)
    (found,) = problems(text)
    assert message in found.message
    assert (found.line, found.column, found.width) == place
