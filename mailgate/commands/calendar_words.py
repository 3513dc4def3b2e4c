"""The words in which a time is said, in English, German and Spanish, without case and accents."""

WEEKDAYS: dict[str, int] = {  # 0 is Monday
    word: day
    for day, words in enumerate(
        (
            "mon monday mo montag lun lunes",
            "tue tues tuesday di die dienstag mar martes",
            "wed weds wednesday mi mit mittwoch mie miercoles",
            "thu thur thurs thursday do don donnerstag jue jueves",
            "fri friday fr fre freitag vie viernes",
            "sat saturday sa sam samstag sonnabend sab sabado",
            "sun sunday so son sonntag dom domingo",
        )
    )
    for word in words.split()
}

AHEAD: dict[str, int] = {  # days from today
    **dict.fromkeys("today heute hoy".split(), 0),
    **dict.fromkeys("tomorrow tmrw morgen manana".split(), 1),
    **dict.fromkeys(("day after tomorrow", "ubermorgen", "uebermorgen", "pasado manana"), 2),
}

UNITS: dict[str, str] = {  # as mailgate.duration has them
    **dict.fromkeys("m min mins minute minutes minuten minuto minutos".split(), "m"),
    **dict.fromkeys("h hr hrs hour hours std stunde stunden hora horas".split(), "h"),
    **dict.fromkeys("d day days tag tage tagen dia dias".split(), "d"),
    **dict.fromkeys("w wk wks week weeks woche wochen sem semana semanas".split(), "w"),
}

COUNTS: dict[str, str] = {
    **dict.fromkeys("a an one ein eine einem einen einer un una".split(), "1"),
    **dict.fromkeys("two zwei dos".split(), "2"),
    **dict.fromkeys("three drei tres".split(), "3"),
}

FILLERS = frozenset(
    """until till til on at by for in the and
    bis am um den dem ab nach für fur fuer und
    hasta el la las los en para por dentro de y""".split()
)

MEANINGS: dict[str, tuple[str, int | str]] = {
    **{word: ("weekday", day) for word, day in WEEKDAYS.items()},
    **{word: ("ahead", days) for word, days in AHEAD.items()},
    **{word: ("unit", unit) for word, unit in UNITS.items()},
}
