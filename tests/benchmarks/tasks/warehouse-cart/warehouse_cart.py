def seconds(plan):
    pass


def orders(plan):
    pass
