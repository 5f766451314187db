def slugify(text):
    pass
