"""Authentication-Results by R38 and R39: what our own border says, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.authenticity import Authenticity, authenticity
from mailgate.mail.parse import parse

AR, RECEIVED = "Authentication-Results", "Received"
PASS = (AR, "mx.example.com; dmarc=pass header.from=acme.example; spf=pass smtp.mailfrom=ana@acme.example")
OURS = (RECEIVED, "from relay by mx.example.com (Postfix) with ESMTPS id 1; Mon, 2 Mar 2026 10:00:00 +0000")
THEIRS = (RECEIVED, "from laptop by mail.acme.example with ESMTPSA id 2; Mon, 2 Mar 2026 09:59:59 +0000")
TRUSTED, BORDER = ("mx.example.com",), ("mx.example.com",)


def judged(*fields: tuple[str, str], domain: str = "acme.example", trusted: tuple[str, ...] = TRUSTED) -> Authenticity:
    return authenticity(fields, domain, trusted, BORDER)


def result(text: str, domain: str = "acme.example") -> str:
    return judged((AR, f"mx.example.com; {text}"), domain=domain).verdict


def test_a_trusted_pass_is_passed() -> None:
    assert judged(PASS, OURS, THEIRS) == Authenticity(
        "passed", dmarc="pass", dkim="none", spf="pass", by="mx.example.com"
    )


def test_without_trusted_ids_nothing_is_known() -> None:
    assert judged(PASS, OURS, THEIRS, trusted=()) == Authenticity()
    assert judged(OURS, THEIRS) == Authenticity()
    assert judged(("authentication-results", "other.example; dmarc=pass")) == Authenticity()


def test_results_below_our_own_received_count() -> None:
    assert judged(OURS, PASS, THEIRS).verdict == "passed"


def test_a_forged_field_below_a_foreign_received_is_ignored() -> None:
    failed = (AR, "mx.example.com; dmarc=fail header.from=acme.example")
    assert judged(failed, OURS, THEIRS, PASS).verdict == "failed"
    assert judged(OURS, THEIRS, PASS).verdict == "unknown"
    assert authenticity((THEIRS, PASS), "acme.example", TRUSTED, ()).verdict == "unknown"


def test_only_the_topmost_trusted_field_counts() -> None:
    failed = (AR, "mx.example.com; dmarc=fail header.from=acme.example")
    assert judged(failed, PASS).verdict == "failed"
    assert judged((AR, "evil.example; dmarc=pass"), failed, PASS).verdict == "failed"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("dmarc=pass header.from=acme.example", "passed"),
        ("DMARC=Pass (p=reject) header.from=ACME.example", "passed"),
        ("dmarc=pass header.from=other.example", "unknown"),
        ("dmarc=fail (p=none) header.from=acme.example; dkim=pass header.d=acme.example", "failed"),
        ("dkim=pass header.d=acme.example", "passed"),
        ("dkim=pass header.i=@acme.example", "passed"),
        ("dkim=pass header.d=esp.example; dkim=pass header.d=acme.example", "passed"),
        ("dkim=pass header.d=esp.example", "unknown"),
        ("dkim=fail header.d=acme.example", "unknown"),
        ("spf=pass smtp.mailfrom=bounce@acme.example", "passed"),
        ("spf=pass smtp.mailfrom=acme.example", "passed"),
        ("spf=pass smtp.mailfrom=esp.example", "unknown"),
        ("spf=fail smtp.mailfrom=acme.example", "failed"),
        ("spf=fail smtp.mailfrom=acme.example; dkim=pass header.d=acme.example", "passed"),
        ("spf=softfail smtp.mailfrom=acme.example", "unknown"),
        ("dmarc=temperror; spf=temperror", "unknown"),
        ("dmarc=none; spf=none", "unknown"),
        ("none", "unknown"),
        ("", "unknown"),
        ("(dmarc=pass header.from=acme.example)", "unknown"),
        ('reason="dmarc=pass; dmarc=pass header.from=acme.example"', "unknown"),
        ("spf=neutral (dmarc=pass (x) dkim=pass header.d=acme.example) smtp.mailfrom=acme.example", "unknown"),
        ("dkim=pass (dmarc=pass header.d=acme.example", "unknown"),
    ],
)
def test_results_are_read_with_comments_and_quotes(text: str, verdict: str) -> None:
    assert result(text) == verdict


def test_a_parent_domain_speaks_for_its_child_and_no_child_for_its_parent() -> None:
    assert result("dkim=pass header.d=acme.example", domain="mail.acme.example") == "passed"
    assert result("dkim=pass header.d=evil.host.example", domain="host.example") == "unknown"
    assert result("dkim=pass header.d=example", domain="acme.example") == "unknown"
    assert result("dkim=pass header.d=me.example", domain="acme.example") == "unknown"


def test_an_ambiguous_author_never_passes() -> None:
    assert result("dmarc=pass header.from=acme.example; dkim=pass header.d=acme.example", domain="") == "unknown"
    assert result("dmarc=fail header.from=acme.example", domain="") == "failed"


MICROSOFT = (
    AR,
    "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=acme.example; dkim=pass (signature was verified) "
    "header.d=acme.example;dmarc=pass action=none header.from=acme.example;compauth=pass reason=100",
)


def test_the_form_of_exchange_online_has_no_id() -> None:
    found = judged(MICROSOFT, trusted=("microsoft",))
    assert found == Authenticity("passed", "pass", "pass", "pass", "microsoft")
    assert judged(MICROSOFT).verdict == "unknown"
    assert judged((AR, "microsoft; dmarc=pass header.from=acme.example"), trusted=("microsoft",)).verdict == "unknown"


QUOTED_SENDERS = {
    "a domain in quotation marks": '"@acme.example"@evil.example',
    "another property": '"x smtp.mailfrom=ana@acme.example "@evil.example',
    "another result": '"x; dmarc=pass header.from=acme.example"@evil.example',
    "an escaped quotation mark": '"a\\"; dmarc=pass header.from=acme.example; b=\\""@evil.example',
    "a comment in it": '"(x"@evil.example',
    "a comment that ends in it": '"x)"@evil.example',
    "a mark that is never closed": '"x; dmarc=pass header.from=acme.example',
    "an escaped end": '"x\\',
    "ours for quoted strings": "\ue0000\ue001@acme.example@evil.example",
}


@pytest.mark.parametrize("sender", QUOTED_SENDERS)
@pytest.mark.parametrize(
    "form", ["spf=pass smtp.mailfrom={}", "spf=pass smtp.mailfrom={}; dkim=pass header.d=evil.example"]
)
def test_what_a_sender_puts_into_his_address_is_never_a_result(sender: str, form: str) -> None:
    assert result(form.format(QUOTED_SENDERS[sender])) == "unknown"


@pytest.mark.parametrize("field", [AR, RECEIVED])
def test_encoded_words_in_an_address_are_not_decoded_into_results(field: str) -> None:
    hidden = "=?utf-8?q?x=3B_dmarc=3Dpass_header.from=3Dacme.example=3B?="
    value = (
        f"mx.example.com; spf=pass smtp.mailfrom={hidden}@evil.example" if field == AR else f"from {hidden} by x; date"
    )
    message = parse(f"{field}: {value}\r\nFrom: ana@acme.example\r\n\r\nHello".encode())
    assert message.header(field) == (value,)
    assert judged(*message.headers).verdict == "unknown"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('spf=pass smtp.mailfrom="ana@acme.example"', "passed"),
        ("dkim=pass header.d=evil.example header.d=acme.example", "unknown"),
        ("dmarc=pass header.from=acme.example; dmarc=fail header.from=acme.example", "failed"),
        ("dmarc/1=pass header.from=acme.example", "passed"),
        ("dmarc/2=pass header.from=acme.example", "unknown"),
        ("dmarc = pass header.from = acme.example", "passed"),
        ("dmarc=passed header.from=acme.example", "unknown"),
        ("xdmarc=pass header.from=acme.example", "unknown"),
        ("arc=pass header.from=acme.example; dmarc=none", "unknown"),
        ("arc=pass (i=1 dmarc=pass fromdomain=acme.example); dmarc=fail header.from=acme.example", "failed"),
        ("dmarc=bestguesspass header.from=acme.example", "unknown"),
        ("iprev=pass policy.iprev=192.0.2.1; auth=pass smtp.auth=ana@acme.example", "unknown"),
        (";;;dmarc=pass header.from=acme.example;;", "passed"),
        ("dmarc=pass\theader.from=acme.example", "passed"),
    ],
)
def test_the_details_of_rfc_8601(text: str, verdict: str) -> None:
    assert result(text) == verdict


def test_a_domain_of_other_letters_is_the_same_in_both_forms() -> None:
    assert result("dmarc=pass header.from=xn--mnchen-3ya.example", domain="m\u00fcnchen.example") == "passed"
    assert result("dmarc=pass header.from=m\u00fcnchen.example", domain="xn--mnchen-3ya.example") == "passed"
    assert result("dmarc=pass header.from=acme.example", domain="\u0430cme.example") == "unknown"
    assert result("dkim=pass header.d=\u3002..", domain="\u3002..") == "unknown"


def test_an_unknown_version_of_the_field_is_ignored() -> None:
    assert judged((AR, "mx.example.com 2; dmarc=pass header.from=acme.example")).verdict == "unknown"
    assert judged((AR, '"mx.example.com" 1; dmarc=pass header.from=acme.example')).verdict == "passed"
    assert judged((AR, "(a (comment)) mx.example.com (1); dmarc=pass header.from=acme.example")).verdict == "passed"


def test_an_id_may_have_a_version_and_any_case() -> None:
    assert judged((AR, "MX.example.com 1; dmarc=pass header.from=acme.example")).verdict == "passed"
    assert judged((AR, "mx.example.com.evil.example; dmarc=pass")).verdict == "unknown"


def test_a_host_name_in_a_comment_is_not_the_border() -> None:
    forged = (RECEIVED, "from x (by mx.example.com) by mail.evil.example with ESMTP; date")
    assert judged(forged, PASS).verdict == "unknown"


@given(
    st.lists(
        st.tuples(st.sampled_from([AR, RECEIVED]), st.text(alphabet='mx.example=passdmarc;()"\\ by,', max_size=80))
    )
)
def test_no_field_breaks_the_reader(fields: list[tuple[str, str]]) -> None:
    judged(*fields)


def sealed(border: str, *recorded: str, domain: str = "acme.example", sealers: tuple[str, ...] = ("lists.org",)) -> str:
    """The verdict on a mail that came through lists.org, which recorded these results, one seal each."""
    fields = [(AR, f"mx.example.com; {border}")]
    for number, results in enumerate(recorded, start=1):
        fields.append(("ARC-Seal", f"i={number}; d=lists.org; cv=pass"))
        fields.append(("ARC-Authentication-Results", f"i={number}; mx.lists.org; {results}"))
    return authenticity(fields, domain, TRUSTED, BORDER, sealers).verdict


def test_a_forwarder_who_is_trusted_speaks_for_a_mail_that_he_changed() -> None:
    passed, failed = "dmarc=pass header.from=acme.example", "dmarc=fail header.from=acme.example"
    assert sealed(f"arc=pass; {failed}", passed) == "passed"
    assert sealed("arc=pass (i=1); spf=fail", "dkim=pass header.d=acme.example") == "passed"
    assert sealed(f"arc=pass; {failed}", passed, failed) == "passed"
    assert sealed(f"arc=pass; {failed}", failed) == "failed"
    assert sealed(f"arc=pass; {failed}", passed, sealers=()) == "failed"
    assert sealed(f"arc=pass; {failed}", passed, sealers=("other.org",)) == "failed"


def test_a_chain_that_the_border_did_not_verify_says_nothing() -> None:
    passed, failed = "dmarc=pass header.from=acme.example", "dmarc=fail header.from=acme.example"
    assert sealed(failed, passed) == "failed"
    assert sealed(f"arc=fail; {failed}", passed) == "failed"
    assert sealed(f"arc=pass; arc=fail; {failed}", passed) == "failed"
    assert sealed(f"arc=pass; {failed}", "dmarc=pass header.from=other.example") == "failed"
    assert sealed("arc=pass", passed, domain="") == "unknown"


def test_who_passed_by_a_seal_is_told_apart() -> None:
    fields = (
        (AR, "mx.example.com; arc=pass; dmarc=fail header.from=acme.example"),
        ("ARC-Seal", "i=1; d=lists.org"),
        ("ARC-Authentication-Results", "i=1; mx.lists.org; dmarc=pass header.from=acme.example"),
    )
    found = authenticity(fields, "acme.example", TRUSTED, BORDER, ("lists.org",))
    assert (found.verdict, found.dmarc, found.by, found.sealer) == ("passed", "fail", "mx.example.com", "mx.lists.org")
