def standings(boats, races):
    for race in races:
        for place, boat in enumerate(race):
            if boat not in boats:
                raise ValueError(f"{boat} did not enter")
            if boat in race[:place]:
                raise ValueError(f"{boat} finished twice")
    drops = 2 if len(races) >= 8 else 1 if len(races) >= 4 else 0
    keys = {}
    for boat in boats:
        points = [race.index(boat) + 1 if boat in race else len(boats) + 1 for race in races]
        best = sorted(points)
        keys[boat] = (sum(best[: len(best) - drops]), best, points[::-1])
    ordered = sorted(boats, key=lambda boat: (keys[boat], boat))
    ranks = [1 + sum(keys[other] < keys[boat] for other in boats) for boat in ordered]
    return [(rank, boat, keys[boat][0]) for rank, boat in zip(ranks, ordered)]
