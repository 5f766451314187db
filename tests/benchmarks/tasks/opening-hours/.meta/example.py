import re

_DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]


def week(text):
    found = {day: [] for day in _DAYS}
    for rule in text.split("; ") if text else []:
        try:
            days, spans = _rule(rule)
        except ValueError:
            raise ValueError(f"not understood: {rule}") from None
        for day in days:
            found[day] = list(spans)
    return found


def is_open(text, day, time):
    now = _minute(time)
    return any(start <= now < end for start, end in week(text)[day])


def minutes_a_week(text):
    return sum(end - start for spans in week(text).values() for start, end in spans)


def _rule(rule):
    days, hours = rule.split(" ")
    first, dash, last = days.partition("-")
    start, end = _DAYS.index(first), _DAYS.index(last if dash else first)
    if dash and start >= end:
        raise ValueError
    spans = [] if hours == "off" else sorted(map(_span, hours.split(",")))
    return _DAYS[start : end + 1], spans


def _span(text):
    start, end = map(_minute, text.split("-"))
    if start >= end:
        raise ValueError
    return start, end


def _minute(text):
    match = re.fullmatch(r"(\d\d):([0-5]\d)", text)
    if match is None or (minute := 60 * int(match[1]) + int(match[2])) > 1440:
        raise ValueError
    return minute
