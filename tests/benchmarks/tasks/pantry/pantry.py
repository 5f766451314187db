class Pantry:
    def __init__(self):
        pass

    def add(self, item, amount, best_before):
        pass

    def amount(self, item):
        pass

    def take(self, item, amount):
        pass

    def throw_out(self, today):
        pass

    def next_to_eat(self):
        pass
