import re

_LENGTH = re.compile(r"(?:(\d+):(?=[0-5]\d:))?(\d+):([0-5]\d)", re.ASCII)


def total(tracks):
    return _written(sum(map(_seconds, tracks)))


def fitting(tracks, limit):
    left, count, over = _seconds(limit), 0, False
    for seconds in [_seconds(track) for track in tracks]:
        over = over or seconds > left
        if not over:
            left -= seconds
            count += 1
    return count


def _seconds(length):
    match = _LENGTH.fullmatch(length)
    if match is None:
        raise ValueError(f"not a length: {length}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds


def _written(seconds):
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
