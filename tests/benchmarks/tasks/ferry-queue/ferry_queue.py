def load(lanes, vehicles):
    pass


def ashore(lanes, vehicles):
    pass
