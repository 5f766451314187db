def standings(boats, races):
    pass
