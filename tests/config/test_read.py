"""Reading a configuration: every mistake at once, each at its line and column, with its mend; no text defeats it."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.config.read import load, load_site, parse
from mailgate.config.settings import Listen
from mailgate.decision.policy import AgentsPolicy, Relay
from mailgate.errors import FilesRejected
from mailgate.mail.message import Mailbox
from mailgate.problems import report
from mailgate.rate import Rate
from mailgate.tickets.model import CustomerGroup
from tests.config.texts import DOOR, OUT, PEOPLE, QUEUE, REST, SITE, WHOLE, marked, problems, read


def test_the_shortest_configuration_is_read_with_all_its_defaults() -> None:
    config = read(WHOLE)
    assert config.site.domain == "example.com"
    assert config.site.tag.render("7") == "[Ticket#7]"
    assert config.site.default_queue == "support"
    assert config.number_start == 1001
    assert config.database_url == "sqlite:////etc/desk/mailgate.db"
    assert config.keys_file == Path("/etc/desk/keys")
    assert config.rules_dir == Path("/etc/desk/rules")
    assert config.doors[0].listen == Listen("127.0.0.1", 2525)
    assert config.out.maildir == Path("/etc/desk/outgoing")
    assert config.out.give_up == timedelta(days=5)
    assert len(config.out.retry) == 10
    assert config.out.automatic.per_domain == Rate(60, 3600)
    assert config.queues["support"].sender == Mailbox("Support", "support@example.com")
    assert config.agents["nina"].roles == ("agent",)
    assert (config.limits.message, config.limits.per_sender) == (35_000_000, None)
    assert config.plus_addresses_are_one
    assert (config.agents_policy, config.relay) == (AgentsPolicy(), Relay())
    assert (config.mailboxes, config.groups, config.out.allow_recipients) == ((), {}, ())
    assert (config.queues["support"].quote_last, config.agents["nina"].signature) == (True, "")
    assert config.warnings == ()


def test_every_setting_reaches_its_value(tmp_path: Path) -> None:
    secret = tmp_path / "smtp-password"
    secret.write_text("hunter2\n")
    secret.chmod(0o600)
    config = read(
        """
        limits = { per_sender = "200/h", message = "1MiB", in_flight = "2MiB" }
        [site]
        domain = "Example.COM"
        default_queue = "sales"
        number_format = "{year}{seq:05}"
        reply_address = "reply+{token}@tickets.example.com"
        [queues.support]
        addresses = ["support@example.com"]
        team = "first"
        [queues.sales]
        addresses = ["sales@example.com"]
        from = '"Sales, EU" <sales@example.com>'
        team = "first"
        follow_up_to_closed = "reopen:14d"
        members_only = true
        thank_you_reopens = false
        quote_last = false
        [teams]
        first = ["nina"]
        [agents.nina]
        email = "nina@example.com"
        also = ["nina@example.net"]
        signature = "Nina Costa\\n  Example Support"
        [agents_policy]
        require_auth = "pass"
        collision = "warn"
        confirm = "always"
        copy_self = true
        [customers.groups]
        vip = { domains = ["Acme.example", "acme.test"] }
        [[in]]
        name = "smtp"
        type = "smtp"
        listen = "[::1]:25"
        trusted_authserv = ["MX.example.com"]
        trusted_sealers = ["Lists.example.org"]
        peers = ["192.0.2.0/24", "::1"]
        [[in]]
        name = "local"
        type = "smtp"
        listen = "unix:run/smtp.sock"
        [out]
        host = "smtp.example.com"
        tls = "implicit"
        user = "desk"
        password = { file = "smtp-password" }
        retry = ["1m", "2h"]
        return_path = "fixed:bounces@example.com"
        automatic = { total = "" }
        delay = "5m"
        attachments_up_to = "1MB"
        relay_from = "{agent} ({queue})"
        relay_participants = true
        allow_recipients = ["*@Example.com"]
        [fields.order]
        """,
        tmp_path,
    )
    assert config.site.domain == "example.com"
    assert config.site.default_queue == "sales"
    assert config.site.reply_address.text == "reply+{token}@tickets.example.com"
    sales = config.queues["sales"]
    assert sales.sender == Mailbox("Sales, EU", "sales@example.com")
    assert (sales.follow_up_to_closed, sales.reopen_within) == ("reopen", timedelta(days=14))
    assert (sales.members_only, sales.thank_you_reopens, sales.quote_last) == (True, False, False)
    assert config.agents["nina"].signature == "Nina Costa\n  Example Support"
    assert config.agents_policy == AgentsPolicy("pass", "warn", "always", copy_self=True)
    assert config.relay == Relay(timedelta(minutes=5), "{agent} ({queue})", True, 1_000_000)
    assert config.out.allow_recipients == ("*@example.com",)
    assert config.groups == {"vip": CustomerGroup(("acme.example", "acme.test"))}
    first, second = config.doors
    assert (str(first.listen), first.trusted_authserv) == ("[::1]:25", ("mx.example.com",))
    assert first.trusted_sealers == ("lists.example.org",)
    assert first.peers == (ip_network("192.0.2.0/24"), ip_network("::1/128"))
    assert second.listen.unix == tmp_path / "run" / "smtp.sock"
    assert str(second.listen) == f"unix:{tmp_path}/run/smtp.sock"
    assert (config.out.port, config.out.user) == (465, "desk")
    assert config.out.password is not None
    assert config.out.password.text == "hunter2"
    assert "hunter2" not in repr(config)
    assert config.out.retry == (timedelta(minutes=1), timedelta(hours=2))
    assert config.out.return_path == "bounces@example.com"
    assert (config.out.automatic.total, config.out.automatic.per_ticket) == (None, Rate(1, 86400))
    assert (config.limits.message, config.limits.per_sender) == (1 << 20, Rate(200, 3600))
    assert config.fields == ("order",)


WRONG = {
    "an unknown key": (SITE + "⟦nmae⟧ = 1\n" + REST, 'no key "nmae"', 'did you mean "name"?'),
    "an unknown table": (WHOLE + "[⟦dabatase⟧]\n", 'no key "dabatase"', 'did you mean "database"?'),
    "a misspelt table of what others name": (
        WHOLE.replace("[agents.nina]", "[⟦agnets⟧.nina]"),
        'no key "agnets"',
        'did you mean "agents"?',
    ),
    "a misspelt table that must be there": (
        WHOLE.replace("[queues.support]", "[⟦queue⟧.support]"),
        'no key "queue"',
        'did you mean "queues"?',
    ),
    "a misspelt list of tables": (WHOLE.replace("[[in]]", "[[⟦ins⟧]]"), 'no key "ins"', 'did you mean "in"?'),
    "a required key that is misspelt": (
        '[site]\n⟦domian⟧ = "example.com"\n' + REST,
        "has no key",
        'did you mean "domain"?',
    ),
    "a flag in words": (WHOLE + "[rules]\nrequire_tests = ⟦y⟧es\n", "not TOML", "write true or false"),
    "a missing key": ("[⟦site⟧]\n" + REST, 'needs "domain"', ""),
    "no queue": (SITE + "[⟦queues⟧]\n" + PEOPLE + DOOR + OUT, "there is no queue", "add [queues.support]"),
    "a key without its value's kind": (SITE + "language = ⟦7⟧\n" + REST, "a number where a text", ""),
    "a number in quotes": (SITE + 'number_start = ⟦"7"⟧\n' + REST, "a text where a whole number", ""),
    "a number out of bounds": (SITE + "number_start = ⟦0⟧\n" + REST, "0 is not between 1 and", ""),
    "a switch in quotes": (SITE + 'trust_unverified = ⟦"yes"⟧\n' + REST, "true or false is wanted", "without quotes"),
    "a text for a list": (SITE + 'admins = ⟦"a@b.example"⟧\n' + REST, "a list is wanted", 'write ["a@b.example"]'),
    "a key for a table": ("database = ⟦3⟧\n" + WHOLE, "[database] is wanted", ""),
    "a table for an array of them": (
        SITE + QUEUE + PEOPLE + OUT + "[⟦in⟧]\nname = 'x'\n",
        "a list is wanted",
        "[[in]]",
    ),
    "a wrong domain": ('[site]\ndomain = ⟦"exämple.com"⟧\n' + REST, "is not a domain", 'write "xn--exmple-cua.com"'),
    "a wrong time zone": (SITE + 'timezone = ⟦"Europe/Lisboa"⟧\n' + REST, "not a time zone", '"Europe/Lisbon"?'),
    "a time zone that is a region": (SITE + 'timezone = ⟦"Europe"⟧\n' + REST, "not a time zone", ""),
    "a wrong language": (SITE + 'language = ⟦"English"⟧\n' + REST, "is not a language", '"pt-BR"'),
    "a tag without its number": (SITE + 'ticket_tag = ⟦"[T]"⟧\n' + REST, "exactly once", ""),
    "a tag with two numbers": (SITE + 'ticket_tag = ⟦"{number}{number}"⟧\n' + REST, "exactly once", ""),
    "an older tag that is no RE2": (SITE + "ticket_tag_also = ['#(\\d+)', ⟦'(?=x)(\\d+)'⟧]\n" + REST, "no RE2", ""),
    "an older tag without a group": (SITE + "ticket_tag_also = [⟦'#\\d+'⟧]\n" + REST, "exactly one group", ""),
    "a number format without its sequence": (SITE + 'number_format = ⟦"{year}"⟧\n' + REST, "{seq} exactly once", ""),
    "a reply address without its token": (SITE + 'reply_address = ⟦"r@example.com"⟧\n' + REST, "reply_address is", ""),
    "a wrong address in a list": (SITE + 'admins = [\n  "a@b.example",\n  ⟦"ops"⟧,\n]\n' + REST, "not an address", ""),
    "a default queue that is not there": (
        SITE + 'default_queue = ⟦"suport"⟧\n' + REST,
        'no queue "suport"',
        'did you mean "support"?',
    ),
    "a line break in a name": (SITE + 'name = ⟦"a\\nBcc: x@y"⟧\n' + REST, "a line break", "on one line"),
    "a literal password": (
        SITE + QUEUE + PEOPLE + DOOR + '[out]\nhost = "a.example"\nuser = "u"\npassword = ⟦"hunter2"⟧\n',
        "never written",
        "credential =",
    ),
    "a password in the database's URL": (
        WHOLE + '[database]\nurl = ⟦"postgresql+psycopg://u:hunter2@h/db"⟧\n',
        "never written",
        "MAILGATE_DATABASE__URL",
    ),
    "an unknown database": (WHOLE + '[database]\nurl = ⟦"mysql://h/db"⟧\n', '"mysql" is not a database', "sqlite:///"),
    "a database in memory": (WHOLE + '[database]\nurl = ⟦"sqlite:///:memory:"⟧\n', "needs a file", ""),
    "a size without its unit": (WHOLE + '[limits]\nmessage = ⟦"35"⟧\n', "is not a size", ""),
    "a message size below the standard's": (WHOLE + '[limits]\nmessage = ⟦"1kB"⟧\n', "64 KiB", ""),
    "less in flight than one mail": (WHOLE + '[limits]\nin_flight = ⟦"1MB"⟧\n', "never be taken in", ""),
    "a rate that is none": (WHOLE + '[limits]\nper_sender = ⟦"often"⟧\n', "is not a rate", ""),
    "a duration that is none": (WHOLE + 'give_up = ⟦"soon"⟧\n', "is not a duration", ""),
    "no time at all": (WHOLE + 'retry = ["1m", ⟦"0s"⟧]\n', "no time at all", ""),
    "a choice that is none": (WHOLE + 'tls = ⟦"startls"⟧\n', "is none of", 'did you mean "starttls"?'),
    "a wrong return path": (WHOLE + 'return_path = ⟦"vrep"⟧\n', "is not a return path", ""),
    "no way out": (SITE + QUEUE + PEOPLE + DOOR + "[⟦out⟧]\n", "where mail goes", "paused = true"),
    "a user without a password": (WHOLE + '⟦user⟧ = "u"\n', "no password", ""),
    "a password without a user": (WHOLE + '⟦password⟧ = { env = "PASSWORD" }\n', "no user", ""),
    "a door of no type": (
        SITE + QUEUE + PEOPLE + OUT + '[[⟦in⟧]]\nname = "a"\nuser = "x"\n',
        'needs "type"',
        'write type = "smtp" or "imap"',
    ),
    "a door of an unknown type": (
        SITE + QUEUE + PEOPLE + OUT + '[[in]]\nname = "a"\ntype = ⟦"imaps"⟧\nuser = "x"\n',
        "is not a type of door",
        'did you mean "imap"?',
    ),
    "a door for LMTP": (
        SITE + QUEUE + PEOPLE + OUT + '[[in]]\nname = "a"\ntype = ⟦"lmtp"⟧\n',
        "would not be taken in",
        "",
    ),
    "a place to listen without its port": (
        SITE + QUEUE + PEOPLE + OUT + DOOR + 'listen = ⟦"localhost"⟧\n',
        "place to listen",
        '"127.0.0.1:2525"',
    ),
    "an IPv6 address without brackets": (
        SITE + QUEUE + PEOPLE + OUT + DOOR + 'listen = ⟦"::1:25"⟧\n',
        "in brackets",
        'write "[::1]:25"',
    ),
    "a network with host bits": (
        SITE + QUEUE + PEOPLE + OUT + DOOR + 'peers = [⟦"10.0.0.1/8"⟧]\n',
        "host bits",
        "192.0.2.0/24",
    ),
    "trust in whoever reaches the port": (
        SITE + QUEUE + PEOPLE + OUT + DOOR + 'trusted_authserv = ⟦["mx.example.com"]⟧\n',
        "write Authentication-Results himself",
        "peers",
    ),
    "two doors of one name": (
        WHOLE + '[[in]]\nname = ⟦"smtp"⟧\ntype = "smtp"\nlisten = "127.0.0.1:26"\n',
        'a door "smtp" already',
        "",
    ),
    "two doors at one place": (
        SITE + QUEUE + PEOPLE + OUT + DOOR + '[[in]]\nname = "b"\ntype = "smtp"\nlisten = ⟦"127.0.0.1:2525"⟧\n',
        "another door listens",
        "",
    ),
    "a door with the name of what is put in by hand": (
        SITE + QUEUE + PEOPLE + OUT + '[[in]]\nname = ⟦"inject"⟧\ntype = "smtp"\n',
        "put in by hand",
        "",
    ),
    "a queue's name in capitals": (
        SITE + QUEUE.replace("[queues.support]", "[queues.⟦Support⟧]") + PEOPLE + DOOR + OUT,
        "is no name",
        "",
    ),
    "a queue without addresses": (
        SITE + "[queues.⟦support⟧]\nteam = 'first'\n" + PEOPLE + DOOR + OUT,
        'needs "addresses"',
        "",
    ),
    "a queue with an empty list of them": (
        SITE + "[queues.support]\nteam = 'first'\naddresses = ⟦[]⟧\n" + PEOPLE + DOOR + OUT,
        "the list is empty",
        "",
    ),
    "a queue's team that is not there": (
        SITE + QUEUE.replace('"first"', '⟦"frist"⟧') + PEOPLE + DOOR + OUT,
        'no team "frist"',
        'did you mean "first"?',
    ),
    "a queue's address with a plus": (
        SITE + QUEUE.replace('"support@example.com"', '⟦"support+x@example.com"⟧') + PEOPLE + DOOR + OUT,
        "has no +",
        "",
    ),
    "a queue's name too long for signed addresses": (
        SITE + QUEUE.replace('"support@example.com"', f'⟦"{"s" * 30}@example.com"⟧') + PEOPLE + DOOR + OUT,
        "characters before the @",
        "shorten it to 22 characters",
    ),
    "an address of two queues": (
        WHOLE + '[queues.sales]\nteam = "first"\naddresses = ["a@example.com", ⟦"Support@example.com"⟧]\n',
        'of queue "support" already',
        "",
    ),
    "an agent at a queue's address": (
        WHOLE + '[agents.omar]\nemail = ⟦"support@example.com"⟧\n',
        'an address of queue "support"',
        "come back as a ticket",
    ),
    "an agent's other address that is a queue's": (
        WHOLE + '[agents.omar]\nemail = "o@example.com"\nalso = [⟦"support@example.com"⟧]\n',
        'an address of queue "support"',
        "",
    ),
    "an address of two agents": (
        WHOLE + '[agents.omar]\nemail = ⟦"NINA@example.com"⟧\n',
        'of agent "nina" already',
        "",
    ),
    "an agent without an address": (WHOLE + "[agents.⟦omar⟧]\nname = 'Omar'\n", 'needs "email"', ""),
    "a role that is none": (
        WHOLE + '[agents.omar]\nemail = "o@example.com"\nroles = [⟦"leader"⟧]\n',
        "is none of",
        'did you mean "lead"?',
    ),
    "a team's member who is not there": (
        SITE + QUEUE + PEOPLE.replace('["nina"]', '["nina", ⟦"nian"⟧]') + DOOR + OUT,
        'no agent "nian"',
        'did you mean "nina"?',
    ),
    "a sender's name that holds an address": (
        SITE + QUEUE + 'from = ⟦"a@b.example <support@example.com>"⟧\n' + PEOPLE + DOOR + OUT,
        "holds an address",
        "",
    ),
    "a way to follow up that is none": (
        SITE + QUEUE + 'follow_up_to_closed = ⟦"reopen:"⟧\n' + PEOPLE + DOOR + OUT,
        "is not a duration",
        "",
    ),
    "a guard for staging that guards nothing": (
        WHOLE + 'allow_recipients = [⟦"example.com"⟧]\n',
        "is not an address",
        "",
    ),
    "an undo time above an hour": (WHOLE + 'delay = ⟦"61m"⟧\n', "more than an hour", 'at most "1h"'),
    "a name for answers without an agent or a queue": (WHOLE + 'relay_from = ⟦"Support"⟧\n', "not a form", "{agent}"),
    "a name for answers with something else": (
        WHOLE + 'relay_from = ⟦"{agent} ({ticket})"⟧\n',
        "not a form",
        "{agent} via {queue}",
    ),
    "a name for answers with a lone brace": (WHOLE + 'relay_from = ⟦"{agent}}"⟧\n', "not a form", ""),
    "a name for answers that looks like an address": (
        WHOLE + 'relay_from = ⟦"{agent}@example.com"⟧\n',
        "holds an address",
        "",
    ),
    "a name for answers on two lines": (WHOLE + 'relay_from = ⟦"{agent}\\n"⟧\n', "a line break", ""),
    "a proof of agents that is none": (
        WHOLE + '[agents_policy]\nrequire_auth = ⟦"password"⟧\n',
        "is none of auto, pass, smtp-auth",
        "",
    ),
    "a signature with a control character": (
        SITE + QUEUE + PEOPLE + 'signature = ⟦"Nina\\u001b[2J"⟧\n' + DOOR + OUT,
        "a control character",
        "",
    ),
    "a group without domains": (WHOLE + "[customers.groups.⟦vip⟧]\n", 'needs "domains"', ""),
    "a domain of two groups": (
        WHOLE + '[customers.groups]\na = { domains = ["x.example"] }\nb = { domains = ["y.example", ⟦"X.example"⟧] }\n',
        'a domain of group "a" already',
        "one group",
    ),
    "an unknown key of a later table": (WHOLE + "[http]\n⟦lsten⟧ = 'x'\n", 'no key "lsten"', 'did you mean "listen"?'),
    "a wrong value of a later key": (WHOLE + "[slas.gold]\nresolution = ⟦'soon'⟧\n", "is not a duration", ""),
    "a literal secret of a later table": (
        WHOLE + '[webhooks.erp]\nurl = "https://erp.example.com/"\nsecret = ⟦"x"⟧\n',
        "never written",
        "",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_at_its_place_with_its_mend(name: str) -> None:
    text, place = marked(WRONG[name][0])
    _, message, mend = WRONG[name]
    errors = [problem for problem in problems(text) if problem.severity == "error"]
    assert [(each.line, each.column, each.width) for each in errors] == [place]
    assert message in errors[0].message
    assert mend in errors[0].mend
    assert errors[0].place == f"/etc/desk/config.toml:{place[0]}:{place[1]}"


def test_two_ways_out_are_one_too_many() -> None:
    [error] = problems(WHOLE + 'host = "a.example"\n')
    assert "not both" in error.message


def test_every_mistake_is_told_at_once() -> None:
    text = WHOLE.replace('"first"', '"frist"') + "retry = []\n[limits]\nmessage = 5\nsize = 1\n[log]\nlevel = 'loud'\n"
    assert len(problems(text)) == 5


def test_a_paused_desk_needs_no_way_out() -> None:
    config = read(SITE + QUEUE + PEOPLE + DOOR + "[out]\npaused = true\n")
    assert config.out.paused
    assert (config.out.host, config.out.maildir) == (None, None)


def test_a_maildir_may_be_one_of_each_recipient() -> None:
    config = read(WHOLE.replace('"outgoing"', '"mail/{recipient}"'))
    assert config.out.maildir == Path("/etc/desk/mail/{recipient}")
    [error] = problems(WHOLE.replace('"outgoing"', '"mail/{recipent}"'))
    assert '"mail/{recipent}" is not a form of paths' in error.message


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a = 1\nb = = 2\n", (2, 5), "this is not TOML"),
        ("a = 1\na = 2\n", (2, 6), "Cannot overwrite a value"),
        ("a = [1,\n\n", (1, 1), "this is not TOML"),
        (f"a = {'9' * 5000}", (0, 0), "this is not TOML"),
        (f"a = {'[' * 5000}", (0, 0), "too deep"),
    ],
)
def test_a_text_that_is_no_toml_is_told_where(text: str, place: tuple[int, int], message: str) -> None:
    [error] = problems(text)
    assert (error.line, error.column) == place
    assert message in error.message


WARNED = {
    "seals that nobody checks": (
        SITE + QUEUE + PEOPLE + OUT + DOOR + '⟦trusted_sealers⟧ = ["lists.example.org"]\n',
        "nobody checks the seals",
    ),
    "keys of a later version": (
        WHOLE.replace('team = "first"', 'team = "first"\n⟦sla⟧ = "gold"\ncalendar = "office"', 1),
        "sla, calendar are not in effect",
    ),
    "a key of a later version in a group": (
        WHOLE + '[customers.groups.vip]\ndomains = ["a.example"]\n⟦sla⟧ = "gold"\n',
        "sla is not in effect",
    ),
    "a reload by itself": (WHOLE + '[rules]\n⟦reload⟧ = "auto"\n', 'it acts as "manual"'),
    "a table of a later version": (WHOLE + "[⟦http⟧]\nlisten = ''\n", "http is not in effect in this version"),
    "tables of a later version": (
        WHOLE + "[⟦slas⟧.gold]\nupdate = '1d'\n[slas.b]\n",
        "slas is not in effect",
    ),
    "a queue that nobody is told of": (
        SITE + QUEUE.replace('team = "first"', "").replace("support]", "⟦support⟧]") + PEOPLE + DOOR + OUT,
        "has no team",
    ),
    "an admin at a queue's address": (SITE + 'admins = [⟦"support@example.com"⟧]\n' + REST, "become tickets"),
    "a password in clear": (
        WHOLE.replace('maildir = "outgoing"', 'host = "a.example"')
        + '⟦tls⟧ = "none"\nuser = "u"\npassword = { env = "PASSWORD" }\n',
        "in clear",
    ),
    "pauses that become shorter": (WHOLE + '⟦retry⟧ = ["2m", "1m"]\n', "become shorter"),
}


@pytest.mark.parametrize("name", WARNED)
def test_what_is_doubtful_is_a_warning_and_loads(name: str) -> None:
    text, place = marked(WARNED[name][0])
    [warning] = read(text, PASSWORD="x").warnings
    assert warning.severity == "warning"
    assert (warning.line, warning.column, warning.width) == place
    assert WARNED[name][1] in warning.message


def test_a_desk_without_a_door_is_warned() -> None:
    [warning] = read(SITE + QUEUE + PEOPLE + OUT).warnings
    assert "mailgate inject" in warning.message


def test_a_later_key_with_the_value_that_holds_anyway_is_no_matter() -> None:
    text = WHOLE + "[customers]\nauto_create = true\n"
    assert read(text).warnings == ()


def test_a_file_that_is_not_there_is_told_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(FilesRejected) as caught:
        load(tmp_path / "config.toml", {})
    [problem] = caught.value.problems
    assert problem.place == str(tmp_path / "config.toml")
    assert "mailgate init" in problem.mend


def test_a_file_that_is_not_utf8_is_told_where(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b'[site]\nname = "caf\xe9"\n')
    with pytest.raises(FilesRejected) as caught:
        load(tmp_path / "config.toml", {})
    [problem] = caught.value.problems
    assert (problem.line, problem.column) == (2, 12)
    assert (problem.message, problem.mend) == ("the byte 0xe9 is not UTF-8", "save the file as UTF-8")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert load(tmp_path / "config.toml", {}).queues == parse(WHOLE, tmp_path / "config.toml", {}).queues


def test_a_relative_path_is_meant_from_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "config.toml").write_text(WHOLE)
    monkeypatch.chdir(tmp_path)
    config = load(Path("desk/config.toml"), {})
    assert config.keys_file == tmp_path / "desk" / "keys"
    assert config.database_url == f"sqlite:///{tmp_path}/desk/mailgate.db"
    assert config.path == Path("desk/config.toml")


def test_the_site_alone_can_come_from_the_environment() -> None:
    site = load_site({"MAILGATE_SITE__DOMAIN": "a.example", "MAILGATE_OUT__HOST": "x", "HOME": "/"})
    assert (site.domain, site.ticket_tag) == ("a.example", "[Ticket#{number}]")
    with pytest.raises(FilesRejected):
        load_site({"MAILGATE_SITE__DOMIAN": "a.example"})


def survives(text: str) -> None:
    rejected = None
    try:
        parse(text, Path("/etc/desk/config.toml"), {})
    except FilesRejected as error:
        rejected = error
    if rejected is not None:
        assert any(problem.severity == "error" for problem in rejected.problems)
        assert report(rejected.problems, rejected.sources).replace("\n", "").isprintable()


@given(st.text(max_size=400))
def test_no_text_defeats_the_reading(text: str) -> None:
    survives(text)


def test_a_signature_keeps_its_lines_and_loses_the_blanks_around_them() -> None:
    people = PEOPLE + 'signature = """\r\nNina  \r\n\r\nExample Support\r\n\r\n"""\n'
    assert read(SITE + QUEUE + people + DOOR + OUT).agents["nina"].signature == "Nina\n\nExample Support"


def test_an_undo_time_of_nothing_switches_it_off() -> None:
    assert read(WHOLE + 'delay = "0s"\n').relay.delay == timedelta()


def test_a_manual_reload_is_in_effect() -> None:
    assert read(WHOLE + '[rules]\nreload = "manual"\n').warnings == ()


TABLES = (
    "site",
    "database",
    "out",
    "out.automatic",
    "queues.support",
    "agents.nina",
    "limits",
    "teams",
    "customers.groups.x",
    "agents_policy",
    "slas.x",
    "http",
)
KEYS = (
    "name",
    "domain",
    "addresses",
    "from",
    "email",
    "also",
    "roles",
    "url",
    "password",
    "retry",
    "listen",
    "peers",
    "type",
    "host",
    "after",
    "start",
    "poll",
    "delay",
    "relay_from",
    "domains",
    "signature",
    "x",
)
VALUES = (
    "1", "-1", "1.5", "true", "nan", "1979-05-27", "[]", "[[]]", "[{}]", "{}", "{ env = 1 }", "{ file = '' }", "''",
    "'support@example.com'", "['support@example.com']", "'\U0001f600'", '"\\u0000"', "'unix:'", "'sqlite:///'",
    "'http://['", "'1m'", "[1, 'a', {}]", "'imap'", "'smtp'", "'move:'", "'2026-99-99'", "'{agent'", "'0s'",
)  # fmt: skip
lines = st.one_of(
    st.sampled_from(TABLES).map("[{}]".format),
    st.just("[[in]]"),
    st.builds("{} = {}".format, st.sampled_from(KEYS), st.sampled_from(VALUES)),
)


@given(st.lists(lines, max_size=12).map("\n".join))
def test_no_mixture_of_tables_and_values_defeats_the_reading(text: str) -> None:
    survives(text)
    survives(WHOLE + text)


def test_what_is_wrong_in_a_misspelt_table_is_told_at_its_place() -> None:
    text = WHOLE.replace("[agents.nina]", "[agnets.nina]").replace('"nina@example.com"', '"nobody"')
    found = [each for each in problems(text) if each.severity == "error"]
    lines = text.splitlines()
    told = [lines[each.line - 1][each.column - 1 : each.column - 1 + each.width] for each in found]
    assert sorted(told) == ['"nobody"', "agnets"]
