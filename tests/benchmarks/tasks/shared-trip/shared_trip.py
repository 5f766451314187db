class Trip:
    def __init__(self, names):
        pass

    def pay(self, payer, cents, sharers=None):
        pass

    def balance(self, name):
        pass

    def settle(self):
        pass
