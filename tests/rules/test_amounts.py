"""Numbers, sizes, durations, times and priorities: what can be asked, and what is refused."""

import pytest

from tests.rules.desk import condition_problems, matches, situation


@pytest.mark.parametrize(
    ("condition", "code", "said"),
    [
        ("{size: 10MB}", "MG004", "over 10MB"),
        ("{size: over 10}", "MG004", "is not a size"),
        ("{size: over ten}", "MG004", "is not a size"),
        ("{size: between 2MB and 1MB}", "MG004", "the first is the greater"),
        ("{size: between 2MB}", "MG004", "no two ends"),
        ("{size: {is: 10MB}}", "MG121", "does not fit"),
        ("{size: {over: [1MB, x]}}", "MG004", "is not a size"),
        ("{age: 2d}", "MG004", "over 2d"),
        ("{age: over 2}", "MG004", "is not a duration"),
        ("{age: over 2 days}", "MG004", "is not a duration"),
        ("{since_agent: between 2d and 1d}", "MG004", "the first is the greater"),
        ("{messages: many}", "MG004", "is not a number"),
        ("{messages: over -}", "MG004", "is not a number"),
        ("{messages: {ovr: 3}}", "MG004", 'did you mean "over"?'),
        ("{messages: {has: 3}}", "MG121", "does not fit"),
        ("{attachment.count: over 10MB}", "MG004", "is not a number"),
        ("{spam.score: high}", "MG004", "is not a number"),
        ("{now: 22:00}", "MG004", "between 22:00 and 06:00"),
        ("{now: between 22 and 6}", "MG004", "is not a time of day"),
        ("{now: between 25:00 and 06:00}", "MG004", "is not a time of day"),
        ("{now: between 24:30 and 06:00}", "MG004", "is not a time of day"),
        ("{now: between 06:00 and 06:00}", "MG004", "no time at all"),
        ("{now: {exists: true}}", "MG121", "does not fit"),
        ("{weekday: saturday}", "MG004", "sat"),
        ("{weekday: over mon}", "MG004", "is not a valid value"),
        ("{priority: over}", "MG004", "is not a valid value"),
        ("{priority: {between: low}}", "MG004", "no two ends"),
        ("{lang: german}", "MG004", "lang: de"),
        ("{auth.dmarc: failed}", "MG004", 'did you mean "fail"?'),
        ("{field.price: {between: a and b}}", "MG004", "is not a number"),
        ("{queue: {changed: true}}", "MG004", "when: {state.changed"),
    ],
)
def test_a_wrong_amount_is_an_error_with_its_mend(condition: str, code: str, said: str) -> None:
    (problem,) = condition_problems(condition)
    assert problem.code == code
    assert said in f"{problem.message}; {problem.mend}"


@pytest.mark.parametrize(
    ("condition", "hit"),
    [
        ("{messages: {over: 2, under: 4}}", True),
        ("{messages: {over: [7, 2]}}", True),
        ("{messages: [1, 3]}", True),
        ("{messages: {is: 4}}", False),
        ("{messages: {at most: 3}}", True),
        ("{messages: {between: 4 and 5}}", False),
        ("{not: {messages: between 1 and 2}}", True),
        ("{field.note: over the top}", True),
        ("{field.note: between you and me}", False),
    ],
)
def test_amounts_are_asked_in_every_form(condition: str, hit: bool) -> None:
    of = situation(ticket={"articles": 3, "fields": (("note", "over the top"),)})
    assert matches(condition, of) is hit


@pytest.mark.parametrize(
    ("hour", "minute", "hit"), [(21, 59, False), (22, 0, True), (0, 0, True), (5, 59, True), (6, 0, False)]
)
def test_a_time_over_midnight_begins_and_ends_to_the_minute(hour: int, minute: int, hit: bool) -> None:
    of = situation()
    at = situation(facts={"now": of.now.replace(hour=hour, minute=minute)})
    assert matches("{now: between 22:00 and 06:00}", at) is hit
    assert matches("{now: between 06:00 and 22:00}", at) is not hit
