"""What stands below a text; tests/mail/test_client_samples.py holds what phones write."""

import pytest

from mailgate.mail.signature import cut_signature, is_proven

DISCLAIMER = (
    "This e-mail is confidential and intended for the addressee only. If you have received it in error, please notify "
    "the sender and delete it."
)
LIST = "_______________________\nUsers mailing list\nusers@lists.example\nhttps://lists.example/mailman/listinfo/users"


def cut(text: str) -> tuple[str, str]:
    kept, signature = cut_signature(text.split("\n"))
    return "\n".join(kept).strip("\n"), "\n".join(signature).strip("\n")


@pytest.mark.parametrize(
    "below",
    [
        "-- \nAna\nACME",
        "--\nAna",
        "-- \nNothing is as far as it seems to be.",
        f"--\n{DISCLAIMER}",
        f"________\n{DISCLAIMER}",
        f"{DISCLAIMER}",
        LIST,
        f"-- \nAna\n{LIST}",
        f"{DISCLAIMER}\n\n{LIST}",
        f"-- \nAna\n\n________\n{DISCLAIMER}\n\n{LIST}",
    ],
)
def test_what_stands_below_is_cut(below: str) -> None:
    assert cut(f"Hello\n\n{below}") == ("Hello", below)


@pytest.mark.parametrize(
    "text",
    [
        "-- \nAna",
        "Hello\n--\n" + "\n".join("typed on and on" for _ in range(30)),
        "Hello\n\nPlease treat it as confidential, the recipient is on holiday.",
        "Hello\n-----\nWhat do you think?",
        "Hello\n-----\nplease unsubscribe me",
        f"Hello\n-----\nPlease delete my account and notify the recipient {'of it, ' * 20}",
        "Hello\n--\nThe lamp does not work, and I need it back by Friday.",
        "Thank you!\n--\nBut the lamp is still broken, please send a new one.\n\nAna",
        "Please send:\n--\n2 lamps\n--\nAnd can you deliver them on Monday?",
        "Please send:\n--\nDesk Lamp",
        "Hello\n-----\nPlease unsubscribe me@acme.example from your mailing list",
        "Hello\n\nI sent a confidential document to the wrong recipient in error. Please delete it from the ticket and "
        "notify me when that is done, thank you very much.",
        f"Hello\n\n{LIST}\n\nplease cancel order 4711",
        "Sent from my iPhone",
        "",
    ],
)
def test_what_may_have_been_typed_stays(text: str) -> None:
    assert cut(text) == (text, "")


@pytest.mark.parametrize(
    ("signature", "proven"),
    [("", True), ("Sent from my iPhone", True), ("-- \nAna Silva\nACME", True), ("-- \nstill broken", False)],
)
def test_a_signature_is_proven_by_what_it_says(signature: str, proven: bool) -> None:
    assert is_proven(signature) is proven


@pytest.mark.parametrize(
    "plea",
    [
        "Please consider the environment before printing this e-mail.",
        "P Please consider the environment before printing this e-mail.",
        "Think before you print - save the environment!",
        "Bitte denken Sie an die Umwelt, bevor Sie diese E-Mail ausdrucken.",
        "Pensez à l'environnement avant d'imprimer ce message.",
        "Antes de imprimir este correo, piense en el medio ambiente.",
        "Prima di stampare questa mail pensa all'ambiente.",
        "Denk aan het milieu voordat u deze e-mail print.",
        "Tänk på miljön innan du skriver ut detta mejl.",
    ],
)
def test_a_plea_for_the_trees_is_no_text(plea: str) -> None:
    assert cut_signature(["Ok.", "", plea]) == (["Ok."], ["", plea])


@pytest.mark.parametrize(
    "typed",
    [
        "In our environment it beeps before it prints.",
        "We have a test environment. Please print the label twice.",
        "Before printing the environment variables it stops.",
        "Please think of the environment. And print order 4711 today.",
    ],
)
def test_what_somebody_says_of_printing_is_text(typed: str) -> None:
    assert cut_signature(["Ok.", "", typed]) == (["Ok.", "", typed], [])


def test_a_disclaimer_that_forbids_is_one() -> None:
    disclaimer = (
        "Ce message et ses pièces jointes sont confidentiels et réservés à ses destinataires. Toute copie ou "
        "utilisation par une autre personne est interdite."
    )
    assert cut_signature(["Oui.", "", disclaimer]) == (["Oui."], ["", disclaimer])
