def cost(usage, day_price, night_price):
    pass
