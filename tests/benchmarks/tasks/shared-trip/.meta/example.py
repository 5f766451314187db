class Trip:
    def __init__(self, names):
        self._balances = {}
        for name in names:
            if name in self._balances:
                raise ValueError(f"{name} travels twice")
            self._balances[name] = 0

    def pay(self, payer, cents, sharers=None):
        sharers = list(self._balances) if sharers is None else sharers
        for name in (payer, *sharers):
            if name not in self._balances:
                raise KeyError(name)
        if not sharers:
            raise ValueError("nobody to share with")
        if cents < 1:
            raise ValueError("nothing was paid")
        part, left = divmod(cents, len(sharers))
        self._balances[payer] += cents
        for place, name in enumerate(n for n in self._balances if n in sharers):
            self._balances[name] -= part + (place < left)

    def balance(self, name):
        return self._balances[name]

    def settle(self):
        left, payments = dict(self._balances), []
        while any(left.values()):
            debtor, creditor = min(left, key=left.get), max(left, key=left.get)
            cents = min(-left[debtor], left[creditor])
            payments.append((debtor, creditor, cents))
            left[debtor] += cents
            left[creditor] -= cents
        return payments
