def read(text):
    pass


def height_at(text, time):
    pass
