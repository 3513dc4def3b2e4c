"""Which Latin charset octets are in that nobody declared: that in which they are the letters of one language.

Western letters come first, as most mail without a label is Western: only where no Western language has all of them, and
another has them all in its own charset, is it that. Pure and linear.
"""

_WESTERN = (
    "äöüßé", "àâæçéèêëîïôœùûüÿ", "áéíñóúüªº", "ãáâàçéêíóôõúüªº", "àèéìíòóùî", "åäöéü", "æøåéèêóòâô", "áðéíóúýþæö",
    "éëïöüèêáíóúäç", "àáçéèíïóòúü·", "åäöšžé", "äöõüšž",
)  # fmt: skip
_OTHERS = (  # charsets in the order in which they are tried, and the letters of a language
    (("cp1250", "iso8859-2"), "ąćęłńóśźż"),
    (("cp1250", "iso8859-2"), "áäčďéěíĺľňóôŕřšťúůýž"),
    (("cp1250", "iso8859-2"), "áéíóöőúüű"),
    (("cp1250", "iso8859-2"), "čćđšž"),
    (("cp1250", "iso8859-2"), "ăâîşţ"),
    (("cp1254",), "çğıiöşüâîû"),
    (("cp1257",), "ąčęėįšųūž"),
    (("cp1257",), "āčēģīķļņšūž"),
)
_MARKS = frozenset("\xa0«»„“”‚‘’‹›–—…•·§°€£©®™´¡¿")
_FEWEST = 2  # letters that are others than the Western ones at their place
_LOOKED_AT = 4096  # octets


def by_accents(octets: bytes) -> str | None:
    """The codec of the language whose letters these are; None where they are Western, or nobody's."""
    octets = octets[:_LOOKED_AT]
    western = _foreign(octets, "cp1252")
    if len(western) < _FEWEST or any(western <= set(letters) for letters in _WESTERN):
        return None
    for codecs, letters in _OTHERS:
        for codec in codecs:
            found = _foreign(octets, codec)
            if found <= set(letters) and len(found - western) >= _FEWEST:
                return codec
    return None


def _foreign(octets: bytes, codec: str) -> set[str]:
    """The letters beyond ASCII, small; what is no letter in that charset counts as one that no language has."""
    return {char for char in octets.decode(codec, "replace").lower() if not char.isascii() and char not in _MARKS}
