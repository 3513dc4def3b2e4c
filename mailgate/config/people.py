"""[queues], [agents], [agents_policy] and [customers]: who writes, who answers, and where tickets lie."""

from mailgate.config import draft, later
from mailgate.config import values as v
from mailgate.config.kinds import choice, list_of, switch
from mailgate.config.secrets import SECRET
from mailgate.config.section import REQUIRED, Key, Section, named, names_to, table
from mailgate.decision.policy import AgentsPolicy

ROLES = ("agent", "lead", "admin")

QUEUE = Section(
    "[queues.NAME]",
    "Where tickets lie, and the addresses that lead there.",
    (
        Key("title", v.WORDS, "What people call it; its name unless written."),
        Key(
            "addresses",
            list_of(v.ADDRESS, at_least=1),
            "Mail to these belongs here; the first is the queue's own.",
            REQUIRED,
        ),
        Key("from", v.MAILBOX, "From of what we send for it; title and first address unless written.", field="sender"),
        Key("team", v.WORDS, "Who is told, and who may answer."),
        Key(
            "follow_up_to_closed",
            v.FOLLOW_UP,
            "What a customer's mail to a closed ticket does; with a duration, later mail opens a linked new ticket.",
            "reopen",
            field="follow_up",
        ),
        Key(
            "strangers",
            choice("auto", "unverified", "new-linked"),
            "Mail of somebody without a part in the ticket that it names: filed there unverified, or a new ticket.",
            "auto",
        ),
        Key("language", v.LANGUAGE, "Of its templates; the site's unless written."),
        Key("members_only", switch, "Whether only its team may see or answer.", False),
        Key("thank_you_reopens", switch, "Whether a plain thank-you reopens a closed ticket.", True),
        Key("quote_last", switch, "Whether the customer's last message stands below an answer.", True),
        Key("sla", v.WORDS, "What its customers were promised.", in_effect=False),
        Key("calendar", v.WORDS, "Its office hours.", in_effect=False),
    ),
    draft.queue,
)

AGENT = Section(
    "[agents.NAME]",
    "Somebody inside, who answers from her own mail client.",
    (
        Key("name", v.WORDS, "What people call her; NAME unless written.", field="title"),
        Key("email", v.ADDRESS, "Where she is told.", REQUIRED, field="address"),
        Key("also", list_of(v.ADDRESS), "Other addresses that she may answer from.", []),
        Key("roles", list_of(choice(*ROLES)), "What she may do.", ["agent"]),
        Key("language", v.LANGUAGE, "Of what she is told; the site's unless written."),
        Key(
            "password_hash",
            SECRET,
            "For SMTP AUTH at a door with TLS: what `mailgate password` makes of her password.",
        ),
        Key("notify", table(later.NOTIFY), "What she is told and when.", in_effect=False),
        Key("signature", v.PARAGRAPH, "Below her answers.", ""),
    ),
    draft.agent,
)

AGENTS_POLICY = Section(
    "[agents_policy]",
    "What agents may do by mail.",
    (
        Key(
            "require_auth",
            choice("auto", "pass", "smtp-auth"),
            "What proves an agent besides her signed address: `auto` that nothing failed, and something passed where a"
            " door can know it; `pass` that something passed; `smtp-auth` her login alone.",
            "auto",
        ),
        Key(
            "collision",
            choice("hold", "warn", "send"),
            "What becomes of an answer where another agent answered since.",
            "hold",
        ),
        Key("confirm", choice("commands", "errors", "always"), "When an agent gets a receipt.", "commands"),
        Key("copy_self", switch, "Whether she gets a copy of her own answer when it is sent or let go.", False),
        Key(
            "away_for",
            v.DURATION,
            "How long an agent is away whose out-of-office does not say until when; her next mail ends it.",
            "3d",
        ),
    ),
    AgentsPolicy,
)

GROUP = Section(
    "[customers.groups.NAME]",
    "Customers who belong together.",
    (
        Key("domains", list_of(v.DOMAIN, at_least=1), "Their domains.", REQUIRED),
        Key("org", v.LINE, "Their organisation, for rules: `customer.org`."),
        Key("fields", names_to(v.LINE), "What else rules may ask of them: `customer.fields.NAME`.", {}),
        Key("sla", v.WORDS, "Their agreement.", in_effect=False),
    ),
    draft.group,
)

CUSTOMERS = Section(
    "[customers]",
    "Those outside.",
    (
        Key("plus_addresses_are_one", switch, "Whether ana+shop@ is ana@.", True),
        Key("file", v.PATH, "A list of customers.", in_effect=False),
        Key("auto_create", switch, "Whether unknown senders become customers.", True, in_effect=False),
        Key("groups", named(GROUP), "Customers who belong together.", {}),
    ),
    draft.CustomersDraft,
)
