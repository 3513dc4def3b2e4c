"""[out]: the way out, and how many automatic answers may take it."""

from mailgate.config import draft
from mailgate.config import values as v
from mailgate.config.kinds import choice, list_of, switch, whole
from mailgate.config.secrets import SECRET
from mailgate.config.section import Key, Section, table
from mailgate.decision.policy import AutomaticLimits

AUTOMATIC = Section(
    "[out] automatic",
    'How many automatic answers may go out; `""` lifts a limit. Agents\' answers are never limited.',
    (
        Key("per_address", v.RATE, "To one address.", "3/day"),
        Key("per_ticket", v.RATE, "On one ticket.", "1/day"),
        Key("per_domain", v.RATE, "To one domain.", "60/h"),
        Key("total", v.RATE, "In all.", "600/h"),
    ),
    AutomaticLimits,
)

OUT = Section(
    "[out]",
    "The way out: a smarthost, or a local Maildir instead.",
    (
        Key("host", v.DOMAIN, "The smarthost."),
        Key("port", whole(1, 65535), "Its port; 587 with starttls, 465 with implicit, 25 with none unless written."),
        Key("tls", choice("starttls", "implicit", "none"), "How the connection is secured.", "starttls"),
        Key("user", v.WORDS, "The login; without it none."),
        Key("password", SECRET, "Its password."),
        Key("hostname", v.DOMAIN, "What EHLO says; the machine's own name unless written."),
        Key("connections", whole(1, 100), "Open at once.", 4),
        Key(
            "retry",
            list_of(v.DURATION, at_least=1),
            "Pauses after a temporary failure; the last one repeats.",
            ["1m", "5m", "15m", "1h", "4h", "12h", "24h", "24h", "24h", "24h"],
        ),
        Key("give_up", v.DURATION, "When an undelivered mail has failed for good.", "5d"),
        Key(
            "return_path",
            v.RETURN_PATH,
            '`"verp"` (each mail its own, to tell bounces apart) or `"fixed:ADDRESS"` where the host refuses that.',
            "verp",
        ),
        Key("null_sender", switch, "Whether automatic mail carries `<>`; false where the host refuses it.", True),
        Key("automatic", table(AUTOMATIC), "Limits of automatic answers.", {}),
        Key(
            "maildir",
            v.MAILDIR,
            "Instead of `host`: a Maildir; `{recipient}` in it, or `{local}` for what precedes the @, gives each one.",
        ),
        Key("paused", switch, "Compose and keep, but do not send.", False),
        Key(
            "delay",
            v.UNDO_TIME,
            "How long an agent can recall her answer, at most `1h`; `0s` for not at all. Unless written `60s`, and"
            " where mail comes by IMAP two polls and at least `90s`.",
        ),
        Key(
            "attachments_up_to", v.SIZE, "Of one mail, in notifications; the rest stays with us until asked for.", "5MB"
        ),
        Key(
            "relay_from",
            v.SENDER_FORM,
            "The name that an agent's answer carries, before the queue's address.",
            "{agent} via {queue}",
        ),
        Key("relay_participants", switch, "Whether customers' mail goes to a ticket's other participants too.", False),
        Key(
            "allow_recipients",
            list_of(v.ADDRESS_PATTERN),
            "Staging: only these get mail, what is for others is held; without any, everybody does.",
            [],
        ),
    ),
    draft.OutDraft,
)
