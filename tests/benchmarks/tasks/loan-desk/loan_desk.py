def due(kind, lent, closed):
    pass


def fee(kind, lent, returned, closed):
    pass
