"""What it costs to send something."""

PRICES = {"letter": 250, "small": 700, "large": 950, "freight": 2900}


def parcel_class(grams: int) -> str:
    """What a weight is sent as."""
    for name, most in (("letter", 500), ("small", 2000), ("large", 10_000)):
        if grams <= most:
            return name
    return "freight"
