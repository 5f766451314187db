class Pantry:
    def __init__(self):
        self._shelf = {}

    def add(self, item, amount, best_before):
        if amount < 1:
            raise ValueError("nothing to add")
        days = self._shelf.setdefault(item, {})
        days[best_before] = days.get(best_before, 0) + amount

    def amount(self, item):
        return sum(self._shelf.get(item, {}).values())

    def take(self, item, amount):
        if amount < 1:
            raise ValueError("nothing to take")
        if amount > self.amount(item):
            raise ValueError(f"only {self.amount(item)} {item} left")
        days, taken = self._shelf[item], []
        for day in sorted(days):
            part = min(amount, days[day])
            if part:
                taken.append((day, part))
                amount -= part
                self._remove(item, day, part)
        return taken

    def throw_out(self, today):
        removed = {}
        for item, days in list(self._shelf.items()):
            for day, amount in list(days.items()):
                if day < today:
                    removed[item] = removed.get(item, 0) + amount
                    self._remove(item, day, amount)
        return removed

    def next_to_eat(self):
        first = min(((min(days), item) for item, days in self._shelf.items()), default=None)
        return first[1] if first else None

    def _remove(self, item, day, amount):
        self._shelf[item][day] -= amount
        if not self._shelf[item][day]:
            del self._shelf[item][day]
        if not self._shelf[item]:
            del self._shelf[item]
