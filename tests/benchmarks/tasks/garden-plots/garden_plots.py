def allocate(plots, people):
    pass
