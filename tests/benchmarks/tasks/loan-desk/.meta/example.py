from datetime import date, timedelta

_KINDS = {"book": (28, 20, 1000), "film": (7, 50, 1500), "game": (14, 50, 1500)}
_DAY = timedelta(days=1)


def due(kind, lent, closed):
    if kind not in _KINDS:
        raise ValueError(f"we lend no {kind}")
    day = date.fromisoformat(lent) + _KINDS[kind][0] * _DAY
    while not _open(day, closed):
        day += _DAY
    return day.isoformat()


def fee(kind, lent, returned, closed):
    day, cents = date.fromisoformat(due(kind, lent, closed)), 0
    if returned < lent:
        raise ValueError("returned before it was lent")
    while day < date.fromisoformat(returned):
        day += _DAY
        cents += _KINDS[kind][1] * _open(day, closed)
    return min(cents, _KINDS[kind][2])


def _open(day, closed):
    return day.weekday() != 6 and day.isoformat() not in closed
