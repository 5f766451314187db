class Network:
    def depots(self):
        pass

    def shortest(self, start, end, weight):
        pass

    def heaviest(self, start, end):
        pass


def parse(text):
    pass
