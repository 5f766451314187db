def label(authors):
    pass
