"""Every verb that an agent can write: name, other words for it, form, effect, examples. Reading, help and the reference
page are made from this table.

Other words are inflections, short forms, German and Spanish; they are compared without case, accents and hyphens.
"""

from dataclasses import dataclass
from typing import Literal

from mailgate.commands.nearest import nearest
from mailgate.commands.words import clean, joined, plain, spellings

_SHORTEST_BEGINNING = 3

Group = Literal[
    "your text", "state", "owner", "attributes", "what is held", "questions", "people", "tickets", "process", "effort"
]


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb. `argument` is its form in capitals, empty for a verb that stands alone; `effect` is one sentence."""

    name: str
    group: Group
    argument: str
    effect: str
    examples: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    offered: bool = True

    @property
    def form(self) -> str:
        return f"#{self.name} {self.argument}".rstrip()


def _verb(name: str, group: Group, argument: str, effect: str, examples: str, aliases: str) -> Verb:
    return Verb(name, group, argument, effect, tuple(examples.split(" | ")), tuple(aliases.split()))


def _later(name: str, group: Group, argument: str, effect: str, example: str, aliases: str = "") -> Verb:
    return Verb(name, group, argument, effect, (example,), tuple(aliases.split()), offered=False)


VERBS: tuple[Verb, ...] = (
    _verb(
        "note",
        "your text",
        "",
        "What follows is internal: nothing goes to the customer.",
        "#note",
        "notes internal private comment memo notiz anmerkung vermerk kommentar intern nota interna interno comentario",
    ),
    _verb(
        "reply",
        "your text",
        "",
        "What follows goes to the customer, although the default is a note.",
        "#reply",
        "replied answer answered respond public antwort antworten antworte responder responde respuesta contestar",
    ),
    _verb(
        "close",
        "state",
        "",
        "The ticket is closed, with your answer if there is one.",
        "#close",
        """closed closes closing resolve resolved resolves solve solved fixed finish finished done-with
        schließen schließe geschlossen gelöst lösen erledigt
        cerrar cerrado cerrada cierra cierre resolver resuelto resuelta solucionado""",
    ),
    _verb(
        "reopen",
        "state",
        "",
        "The ticket is open again.",
        "#reopen",
        "reopened reopens open öffnen wieder-öffnen wiedereröffnen reabrir reabierto reabre abrir",
    ),
    _verb(
        "pending",
        "state",
        "WHEN",
        "The ticket waits until then; it opens again at that time, or when the customer writes.",
        "#pending 3d | #pending fri 14:00 | #pending tomorrow | #pending 2026-12-24 | #pending 24.12. 10:00",
        """pend wait waiting snooze remind remind-me hold on-hold later
        warten warte wartend wiedervorlage zurückstellen pendiente esperar espera aplazar""",
    ),
    _verb("spam", "state", "", "The ticket is spam: nobody is told, nothing is answered.", "#spam", "junk basura"),
    _verb(
        "take",
        "owner",
        "",
        "The ticket becomes yours.",
        "#take",
        "taken takes took claim claimed own assign-me nehmen nehme übernehmen übernehme tomar tomo asumir",
    ),
    _verb(
        "assign",
        "owner",
        "AGENT",
        "The ticket becomes that agent's.",
        "#assign nina | #assign Nina Costa | #assign nina@example.com",
        """assigned assigns assignee reassign owner give
        zuweisen zugewiesen zuordnen besitzer asignar asignado asigna reasignar""",
    ),
    _verb(
        "unassign",
        "owner",
        "",
        "The ticket becomes nobody's.",
        "#unassign",
        "unassigned disown abgeben desasignar soltar",
    ),
    _verb(
        "queue",
        "attributes",
        "QUEUE",
        "The ticket moves to that queue.",
        "#queue billing",
        "queues move moved moves verschieben verschoben warteschlange mover movido cola bandeja",
    ),
    _verb(
        "priority",
        "attributes",
        "LEVEL",
        "The ticket's priority becomes low, normal, high or urgent.",
        "#priority high | #priority=urgent",
        "prio priorities prioritise prioritize importance priorität wichtigkeit dringlichkeit prioridad importancia",
    ),
    _verb(
        "tag",
        "attributes",
        "TAG -TAG",
        "Tags are put on the ticket, and those with a minus are taken off.",
        "#tag vip | #tag vip -trial +partner",
        "tags tagged label labels etikett schlagwort markieren etiqueta etiquetas etiquetar",
    ),
    _verb(
        "untag",
        "attributes",
        "TAG",
        "Tags are taken off the ticket.",
        "#untag trial",
        "untagged unlabel desetiquetar",
    ),
    _verb(
        "set",
        "attributes",
        "FIELD=VALUE",
        "A field of the ticket gets that value; one field a line.",
        "#set order=4711 | #set order 4711",
        "sets field setzen setze feld poner fijar campo",
    ),
    _verb(
        "send",
        "what is held",
        "",
        "The held answer goes out.",
        "#send",
        "sends sent release released senden sende absenden freigeben enviar envía enviado",
    ),
    _verb(
        "discard",
        "what is held",
        "",
        "The held answer is dropped.",
        "#discard",
        "discards discarded drop dropped verwerfen verwerfe verworfen descartar descarta descartado",
    ),
    _verb(
        "confirm",
        "what is held",
        "",
        "Yes, it was you who wrote the mail that we asked you about.",
        "#confirm",
        "confirms confirmed bestätigen bestätige bestätigt confirmar confirmo confirmado",
    ),
    _verb(
        "undo",
        "what is held",
        "",
        "Your last answer is taken back, with what its mail changed, as long as it waits to be sent.",
        "#undo",
        "unsend recall take-back rückgängig zurückholen widerrufen deshacer deshaz anular retirar",
    ),
    _verb(
        "show",
        "questions",
        "",
        "You get the ticket as it stands, by mail.",
        "#show",
        "shows view status ticket zeigen zeige anzeigen mostrar muestra ver estado",
    ),
    _verb(
        "history",
        "questions",
        "",
        "You get what happened to the ticket, by mail.",
        "#history",
        "log timeline verlauf historie historial historia",
    ),
    _verb(
        "explain",
        "questions",
        "",
        "You get why it happened: which mail, which rule, which line, by mail.",
        "#explain",
        "explained explains why erklären erkläre warum explicar explica",
    ),
    _verb(
        "help",
        "questions",
        "[VERB]",
        "You get this list, or more of one verb, by mail.",
        "#help | #help pending",
        "commands hilfe befehle ayuda comandos",
    ),
    _verb(
        "cc",
        "people",
        "ADDRESS",
        "That person takes part in the ticket: answers go to him too.",
        "#cc bob@example.com | #cc bob@example.com, eve@example.com",
        "copy kopie copia accept accepted",
    ),
    _verb("uncc", "people", "ADDRESS", "That person no longer takes part.", "#uncc bob@example.com", "remove-cc"),
    _later("who", "people", "", "You get the list of who takes part.", "#who", "wer quién"),
    _later("watch", "people", "", "You are told of all that happens to the ticket.", "#watch", "follow beobachten"),
    _later("mute", "people", "", "You are no longer told of the ticket.", "#mute", "unwatch unfollow"),
    _later(
        "customer", "people", "ADDRESS", "The ticket is that customer's.", "#customer ana@example.com", "kunde cliente"
    ),
    _later("merge", "tickets", "NUMBER", "The ticket becomes part of another.", "#merge 1040", "merged fusionar"),
    _later("split", "tickets", "", "The mail becomes a ticket of its own.", "#split", "teilen dividir"),
    _later("link", "tickets", "NUMBER", "Two tickets know of each other.", "#link 1040", "linked"),
    _later("unlink", "tickets", "NUMBER", "Two tickets no longer know of each other.", "#unlink 1040", "unlinked"),
    _later(
        "forward",
        "tickets",
        "ADDRESS",
        "The mail goes to somebody outside.",
        "#forward vendor@example.com",
        "fwd weiterleiten reenviar",
    ),
    _later("redirect", "tickets", "ADDRESS", "The mail goes on as it came.", "#redirect bob@example.com", "umleiten"),
    _later("get", "tickets", "NUMBER", "You get that attachment.", "#get 2"),
    _later("template", "your text", "NAME", "A canned answer stands below your text.", "#template shipped", "vorlage"),
    _later("draft", "what is held", "", "You see the mail before it goes out.", "#draft", "preview entwurf borrador"),
    _verb("done", "process", "NUMBER", "An item of the checklist is done.", "#done 2", "tick ticked abgehakt hecho"),
    _verb("undone", "process", "NUMBER", "An item of the checklist is not done.", "#undone 2", "untick"),
    _verb("approve", "process", "", "You say yes to what is asked.", "#approve", "approved genehmigen aprobar"),
    _verb("deny", "process", "", "You say no to what is asked.", "#deny", "denied reject ablehnen rechazar"),
    _verb("start", "process", "PROCESS", "A process starts.", "#start book-order", "starten iniciar"),
    _later("time", "effort", "DURATION", "Your time is booked on the ticket.", "#time 25m", "spent zeit tiempo"),
    _later("find", "questions", "WORDS", "You get the tickets that match.", "#find from:ana", "search suchen buscar"),
    _later("mine", "questions", "", "You get the list of your tickets.", "#mine", "my meine míos"),
    _later("queue?", "questions", "QUEUE", "You get the list of that queue's tickets.", "#queue? billing"),
    _later("report", "questions", "PERIOD", "You get the numbers of that period.", "#report week", "bericht informe"),
    _later("sla", "attributes", "NAME", "The ticket's service level becomes that one.", "#sla gold"),
    _later("thanks", "tickets", "", "Ends the commands of a mail that names many tickets.", "#thanks", "danke gracias"),
)

OFFERED: tuple[Verb, ...] = tuple(verb for verb in VERBS if verb.offered)


def keys_of(verb: Verb) -> tuple[str, ...]:
    """The forms of a verb's words that are looked up."""
    words = (verb.name, *verb.aliases)
    return tuple(dict.fromkeys(joined(form) for word in words for form in spellings(word)))


BY_WORD: dict[str, Verb] = {key: verb for verb in VERBS for key in keys_of(verb)}


def find_verb(word: str) -> Verb | None:
    """The verb of a word as it is typed, without its `#`: `Close`, `re-open`, `schließen`, `mine?`."""
    key = joined(plain(clean(word)))
    return BY_WORD.get(key) or BY_WORD.get(key.rstrip("?"))


def near_verbs(word: str) -> tuple[Verb, ...]:
    """The verbs that a mistyped or unfinished word may stand for."""
    typed = joined(plain(word))
    near = nearest(typed, BY_WORD)
    if not near and len(typed) >= _SHORTEST_BEGINNING:
        near = tuple(known for known in BY_WORD if known.startswith(typed))
    return tuple({BY_WORD[known].name: BY_WORD[known] for known in near}.values())
