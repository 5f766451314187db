def total(tracks):
    pass


def fitting(tracks, limit):
    pass
