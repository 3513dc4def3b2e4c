"""What one question alone gives away."""

import pytest

from tests.rules.desk import codes, condition_problems


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{subject: '*'}", "MG204"),
        ("{subject: '/.*/'}", "MG204"),
        ("{subject: '/(?P<all>.*)/'}", None),  # for its capture
        ("{subject: '/^.*$/'}", None),  # not where it has line ends
        ("{cc: '*'}", None),  # there may be none
        ("{state: [new, open, pending, closed, merged, spam]}", "MG204"),
        ("{priority: at least low}", "MG204"),
        ("{priority: at least normal}", None),
        ("{is_auto: [true, false]}", "MG204"),
        ("{messages: at least 0}", "MG204"),
        ("{messages: over 0}", None),
        ("{any: [{is_auto: true}, {is_auto: false}]}", "MG204"),
        ("{any: [{size: over 1MB}, {size: at most 1MB}]}", None),  # a mail without a size is neither
        ("{any: [{from: acme.example}, {not: {from: acme.example}}]}", "MG204"),
        ("{from: [acme.example, acme.example]}", "MG202"),
        ("{subject: '/\\binvoice\\b/'}", "MG403"),
        ("{subject: '/\\bmy invoice\\b/'}", "MG403"),
        ("{subject: '/\\bmy invoice\\b/x'}", None),
        ("{subject: '/invoice/'}", "MG403"),  # within words, too: a glob says so
        ("{subject: '/2 invoices/'}", "MG403"),
        ("{subject: '/invoice\\d/'}", None),
        ("{subject: '/(?-i)RMA/'}", None),
        ("{subject: '/\\binvoice\\b.*x/'}", None),
        ("{subject: '/(a+)+/'}", "MG132"),
        ("{subject: '/^(\\w+\\s?)*$/'}", "MG132"),
        ("{subject: '/(?:[a-z]*\\d*)+/'}", "MG132"),
        ("{subject: '/(?:\\w+,)+/'}", None),
        ("{subject: '/(ab)+c+/'}", None),
        ("{all: [{size: over 2MB}, {size: under 1MB}]}", "MG203"),
        ("{all: [{attachment.size: over 2MB}, {attachment.size: under 1MB}]}", None),
        ("{all: [{from: ana@acme.example}, {not: {from: acme.example}}]}", "MG203"),
        ("{all: [{from: acme.example}, {not: {from: ana@acme.example}}]}", None),
        ("{all: [{owner: none}, {owner: nina}]}", "MG203"),
        ("{all: [{priority: at least high}, {priority: [low, normal]}]}", "MG203"),
    ],
)
def test_a_question(condition: str, code: str | None) -> None:
    assert codes(condition_problems(condition)) == ([code] if code else [])
