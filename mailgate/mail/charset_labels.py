"""What mailers call their charsets: the one table from a label to a codec of Python.

Labels as the WHATWG Encoding Standard reads them (latin-1 is windows-1252, gb2312 is gb18030), plus what mailers really
write. Whatever is not in here is no charset, whatever Python would make of it (spec/safety.md T13).
"""

import re

_ALIASES = {
    "utf-8": "utf8 unicode-1-1-utf-8 unicode-2-0-utf-8 utf_8 utf-8-sig utf8-sig utf8mb4 uft-8 utf-b utf-8n "
    "utf-8-mac utf- utf utf-08 uft8 x-utf-8 x-utf8 x-unicode20utf8 cp65001 windows-65001 cesu-8",
    "cp1252": "iso-8859-1 iso8859-1 iso_8859-1 iso88591 iso8859_1 iso-ir-100 csisolatin1 latin1 latin-1 latin l1 "
    "ibm819 cp819 windows-1252 windows1252 win-1252 win1252 x-cp1252 ansi cp-1252 "
    "iso-8859-1-windows-3.1-latin-1 iso-8859 8859-1 8859_1 iso-8859-1i x-ansi windows windows-latin1 "
    "western iso-latin-1",
    "ascii": "us-ascii usascii us_ascii ansi-x3.4-1968 ansi_x3.4-1968 ansi_x3.4-1986 iso-ir-6 iso646-us "
    "iso_646.irv 646 us csascii ascii-8bit 7bit 7-bit ansi_x3.110-1983 iso646",
    "cp1250": "windows-1250 windows1250 x-cp1250 win-1250 cseeurope",
    "cp1251": "windows-1251 windows1251 x-cp1251 win-1251 win1251 ansi-1251",
    "cp1253": "windows-1253 win-1253 win1253 windows1253 x-cp1253",
    "cp1254": "windows-1254 win-1254 win1254 windows1254 x-cp1254 iso-8859-9 iso8859-9 iso_8859-9 latin5 l5 "
    "csisolatin5",
    "cp1255": "windows-1255 windows1255 win-1255 win1255 x-cp1255",
    "cp1256": "windows-1256 windows1256 win-1256 win1256 x-cp1256",
    "cp1257": "windows-1257 windows1257 win-1257 win1257 x-cp1257",
    "cp1258": "windows-1258 windows1258 win-1258 win1258 x-cp1258",
    "cp874": "windows-874 tis-620 tis620 iso-8859-11 iso8859-11 dos-874",
    "iso8859-2": "iso-8859-2 iso8859-2 iso_8859-2 iso88592 latin2 latin-2 l2 csisolatin2 iso-ir-101",
    "iso8859-3": "iso-8859-3 latin3 csisolatin3",
    "iso8859-4": "iso-8859-4 latin4 csisolatin4",
    "iso8859-5": "iso-8859-5 iso_8859-5 cyrillic csisolatincyrillic",
    "iso8859-6": "iso-8859-6 iso-8859-6-e iso-8859-6-i arabic asmo-708 ecma-114 csisolatinarabic",
    "iso8859-7": "iso-8859-7 iso_8859-7 greek greek8 elot_928 ecma-118 csisolatingreek sun_eu_greek",
    "iso8859-8": "iso-8859-8 iso-8859-8-i iso-8859-8-e iso_8859-8 hebrew visual logical csisolatinhebrew",
    "iso8859-10": "iso-8859-10 latin6 csisolatin6",
    "iso8859-13": "iso-8859-13 latin7",
    "iso8859-14": "iso-8859-14 latin8",
    "iso8859-15": "iso-8859-15 iso8859-15 iso885915 latin9 latin-9 l9 latin0 iso_8859-15 csisolatin9",
    "iso8859-16": "iso-8859-16 latin10",
    "koi8-r": "koi8r koi8 koi cskoi8r koi8_r",
    "koi8-u": "koi8u koi8-ru",
    "koi8-t": "",
    "kz1048": "kz-1048 rk1048",
    "ptcp154": "pt154 cyrillic-asian",
    "cp037": "ibm037 ebcdic-cp-us",
    "cp437": "ibm437 437 cspc8codepage437",
    "cp500": "ibm500 ebcdic-cp-be",
    "cp737": "ibm737",
    "cp775": "ibm775",
    "cp850": "ibm850 850 cp-850 dos cspc850multilingual",
    "cp852": "ibm852 852 cspcp852",
    "cp855": "ibm855",
    "cp857": "ibm857",
    "cp858": "ibm858 ibm00858",
    "cp860": "ibm860",
    "cp861": "ibm861",
    "cp862": "ibm862",
    "cp863": "ibm863",
    "cp864": "ibm864",
    "cp865": "ibm865",
    "cp866": "ibm866 866 csibm866",
    "cp869": "ibm869",
    "mac-roman": "macintosh x-mac-roman mac csmacintosh macroman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "mac-latin2": "x-mac-ce x-mac-centraleurroman macce",
    "mac-greek": "x-mac-greek",
    "mac-turkish": "x-mac-turkish",
    "mac-iceland": "x-mac-icelandic",
    "gb18030": "gb2312 gbk gb_2312 gb_2312-80 gb2312-80 x-gbk euc-cn x-euc-cn euccn cp936 ms936 windows-936 "
    "csgb2312 csiso58gb231280 chinese iso-ir-58 gb18030-2000 gb18030-2005 gb-18030 gb-2312 "
    "gb2312.1980-0",
    "hz": "hz-gb-2312 hz-gb",
    "big5hkscs": "big5 big-5 big5-hkscs cn-big5 x-x-big5 x-big5 csbig5 cp950 ms950 windows-950 big5-eten chinesebig5",
    "cp932": "shift_jis shift-jis sjis s-jis x-sjis ms_kanji csshiftjis windows-31j cswindows31j windows-932 "
    "ms932 shiftjis x-ms-cp932 shift_jis-ms",
    "euc_jp": "euc-jp x-euc-jp eucjp x-eucjp cseucpkdfmtjapanese eucjp-ms ujis",
    "iso2022_jp_ext": "iso-2022-jp iso2022-jp iso2022jp iso-2022-jp-1 iso-2022-jp-ms cp50220 cp50221 cp50222 "
    "csiso2022jp jis iso-2022-jp-ext windows-50220 windows-50221",
    "iso2022_jp_2": "iso-2022-jp-2",
    "iso2022_jp_3": "iso-2022-jp-3 iso-2022-jp-2004",
    "cp949": "ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 ks-c-5601-1987 kscx1001 ks_x_1001 euc-kr "
    "euckr cseuckr csksc56011987 korean windows-949 ms949 uhc iso-ir-149",
    "johab": "cp1361 ms1361",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "utf-16": "utf16 unicode ucs-2 iso-10646-ucs-2 csunicode",
    "utf-16-le": "utf-16le utf16le unicodelittle ucs-2le",
    "utf-16-be": "utf-16be utf16be unicodebig unicodefffe ucs-2be",
    "utf-32": "utf32 ucs-4 iso-10646-ucs-4",
    "utf-32-le": "utf-32le",
    "utf-32-be": "utf-32be",
    "utf-7": "utf7 unicode-1-1-utf-7 x-unicode-2-0-utf-7 csunicode11utf7",
}
_CODECS = {label: codec for codec, labels in _ALIASES.items() for label in (codec, *labels.split())}
_NOT_IN_LABELS = re.compile(r":\d{4}$|[^0-9a-z._-]+")  # a year, as in ISO_8859-1:1987, and whatever stands in no name


def codec_for(label: str) -> str | None:
    """The codec for a label as mailers write it, or None."""
    label = plain_label(label)
    return _CODECS.get(label) or _CODECS.get(label.replace("_", "-"))


def plain_label(label: str) -> str:
    """A label in lower case, without what stands in none; safe to show."""
    return _NOT_IN_LABELS.sub("", label[:80].casefold().strip(" \"';"))
