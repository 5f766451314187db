def due(plants, today):
    for name, _, every in plants:
        if every < 1:
            raise ValueError(f"how often does {name} want water?")
    late = [(last + every - today, every, name) for name, last, every in plants]
    return [f"{name}: {_words(-days)}" for days, _, name in sorted(late) if days <= 0]


def _words(days):
    if days == 0:
        return "today"
    return "1 day late" if days == 1 else f"{days} days late"
