"""Days, months and years in text, as terms of the full-text index.

A turn is found by when it was said and by the days that it names ("on 7 May", "yesterday"); a
question's "in May 2023" asks for the same terms: ``y2023``, ``m05``, ``y2023m05``, ``m05d07``,
``y2023m05d07``, ``w1`` (Monday).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

_MONTH = (
    r"(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"((?:19|20)\d\d)"
_ISO = re.compile(r"\b((?:19|20)\d\d)[-/](\d{1,2})(?:[-/](\d{1,2}))?\b")
_NAMED = re.compile(
    # "may" and "march" are words of their own: months are taken with a capital letter.
    rf"\b(?:{_ORDINAL}(?:\s+of)?\s+)?{_MONTH}\b\.?(?:\s+{_ORDINAL}\b(?!\d))?(?:,?\s+{_YEAR}\b)?"
)
_YEARS = re.compile(rf"\b{_YEAR}\b")
_WEEKDAYS = re.compile(rf"\b({'|'.join(_DAYS)})s?\b", re.IGNORECASE)
_RELATIVE = re.compile(
    rf"\b(yesterday|today|tonight|tomorrow|(last|next|this) (year|month|{'|'.join(_DAYS)}))\b",
    re.IGNORECASE,
)


def terms_of_day(day: datetime) -> list[str]:
    """Every term by which a day is asked for."""
    year, month, date = f"y{day:%Y}", f"m{day:%m}", f"d{day:%d}"
    weekday = f"w{day.isoweekday()}"
    return [year, month, year + month, month + date, year + month + date, weekday]


def terms_in(text: str, said: datetime | None = None) -> list[str]:
    """Terms of the dates that `text` names; with `said`, also of "yesterday" and the like."""
    found = [*_iso(text), *_named(text), *(f"y{year}" for year in _YEARS.findall(text))]
    found += [f"w{_DAYS.index(name.lower()) + 1}" for name in _WEEKDAYS.findall(text)]
    if said is not None:
        found += _relative(text, said)
    return list(dict.fromkeys(found))


def _iso(text: str) -> Iterator[str]:
    for year, month, day in _ISO.findall(text):
        yield from _terms(year, int(month), day)


def _named(text: str) -> Iterator[str]:
    for before, name, after, year in _NAMED.findall(text):
        yield from _terms(year, _MONTHS.index(name[:3].lower()) + 1, before or after)


def _terms(year: str, month: int, day: str) -> Iterator[str]:
    months = f"m{month:02}"
    yield months
    if year:
        yield from (f"y{year}", f"y{year}{months}")
    if day:
        date = f"{months}d{int(day):02}"
        yield from (date, f"y{year}{date}") if year else (date,)


def _relative(text: str, said: datetime) -> Iterator[str]:
    for phrase, which, unit in _RELATIVE.findall(text):
        step = {"last": -1, "next": 1, "this": 0}.get(which.lower(), 0)
        yield from _terms_from(phrase.lower(), step, unit.lower(), said)


def _terms_from(phrase: str, step: int, unit: str, said: datetime) -> Iterator[str]:
    if unit == "year":
        yield f"y{said.year + step:04}"
    elif unit == "month":
        months = said.year * 12 + said.month - 1 + step
        yield from _terms(f"{months // 12:04}", months % 12 + 1, "")
    else:
        away = {"yesterday": -1, "tomorrow": 1}.get(phrase, 0)
        if unit:
            away = (_DAYS.index(unit) - said.weekday()) % 7 - (7 if step < 0 else 0)
        yield from terms_of_day(said + timedelta(days=away))
