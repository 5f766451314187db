def cost(usage, day_price, night_price):
    if len(usage) != 24:
        raise ValueError("a day has 24 hours")
    prices = [night_price if hour < 6 or hour > 21 else day_price for hour in range(24)]
    return round(sum(used * price for used, price in zip(usage, prices)), 2)
