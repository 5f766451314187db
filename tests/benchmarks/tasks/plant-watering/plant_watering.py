def due(plants, today):
    pass
