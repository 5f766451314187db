def allocate(plots, people):
    _check(plots, people)
    free = {number: (size, water) for number, size, water in plots}
    given = {each["name"]: None for each in people}
    for each in sorted(people, key=lambda each: (each.get("had", False), -each["years"])):
        number = _choice(each, free, given.get(each.get("beside")))
        given[each["name"]] = number
        free.pop(number, None)
    return given


def _choice(person, free, beside):
    wants_water = person.get("water", False)
    fitting = {
        number: (water and not wants_water, size, number)
        for number, (size, water) in free.items()
        if size >= person.get("smallest", 0) and (water or not wants_water)
    }
    if beside is not None:
        for number in (beside + 1, beside - 1):
            if number in fitting:
                return number
    return min(fitting, key=fitting.get, default=None)


def _check(plots, people):
    numbers, names = [number for number, _, _ in plots], [each["name"] for each in people]
    for place, number in enumerate(numbers):
        if number in numbers[:place]:
            raise ValueError(f"plot {number} is there twice")
    for place, name in enumerate(names):
        if name in names[:place]:
            raise ValueError(f"{name} is there twice")
    for each in people:
        other = each.get("beside")
        if "beside" in each and (other not in names or other == each["name"]):
            raise ValueError(f"{each['name']} cannot garden beside {other}")
