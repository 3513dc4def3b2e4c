"""What RE2 says of a pattern that it does not take, and how such a pattern is mended (MG130)."""

_MENDS = (  # how RE2's words begin, and what helps
    ("missing ]", "close the bracket with ], or write \\[ for the sign"),
    ("missing )", "close the group with ), or write \\( for the sign"),
    ("unexpected )", "open the group with (, or write \\) for the sign"),
    (
        "invalid repetition size",
        "RE2 counts to 1000, and the smaller number stands first: else write + or *, or \\d{1000}\\d{200}",
    ),
    ("bad repetition operator", "leave one of the signs out, or write \\* \\+ \\? for the sign"),
    ("no argument for repetition", "put what is repeated before the sign, or write \\* \\+ \\? for the sign"),
    ("invalid character class range: \\p", "a class of letters is \\pL, \\p{Greek} or \\p{Lu}"),
    ("invalid character class range: [:", "such a class is [[:alpha:]], [[:digit:]], [[:space:]] or [[:punct:]]"),
    ("invalid character class range", "write the smaller character first, as in [a-z]; a - meant as such stands last"),
    ("trailing \\", "write \\\\ for the sign; before the closing / it stands for that /"),
    ("invalid perl operator", "flags are (?i), (?s), (?m) and (?U), a group without a name is (?:...)"),
    ("invalid escape", "leave the \\ out, or write \\\\ for the sign"),
    ("invalid named capture", "a name is (?P<order>...): letters, digits and _"),
    ("pattern too large", "make counts like {100} and classes like \\pL fewer or smaller"),
)
_OTHERWISE = "close every bracket; put \\ before . * + ? ( ) [ ] meant as such"


def mend_of(said: str) -> str:
    """The next step, by RE2's own words."""
    folded = said.casefold()
    return next((mend for begins, mend in _MENDS if folded.startswith(begins)), _OTHERWISE)
