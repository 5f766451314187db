def week(text):
    pass


def is_open(text, day, time):
    pass


def minutes_a_week(text):
    pass
