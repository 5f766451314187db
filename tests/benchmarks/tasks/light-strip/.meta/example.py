import re

_SPAN = r"(\d+)(?: to (\d+))?"
_FORMS = [
    (name, re.compile(form, re.ASCII))
    for name, form in [
        ("light", rf"light {_SPAN} ([A-Z])"),
        ("dim", rf"dim (?:{_SPAN}|all)"),
        ("shift", r"shift (left|right)"),
        ("show", r"show"),
        ("repeat", r"repeat (\d+)"),
        ("do", r"do ([a-z]+)"),
        ("routine", r"routine ([a-z]+)"),
        ("end", r"end"),
    ]
]


def run(program, lamps):
    main, routines = _parsed(program)
    strip, shown = ["."] * lamps, []

    def paint(number, first, last, colour):
        first, last = int(first or 1), int(last or first or lamps)
        if first < 1 or last > lamps:
            raise ValueError(f"line {number}: no such lamp")
        strip[first - 1 : last] = [colour] * (last - first + 1)

    def execute(block, depth):
        for number, name, words, inner in block:
            if name == "light":
                paint(number, *words)
            elif name == "dim":
                paint(number, *words, ".")
            elif name == "shift":
                strip[:] = strip[-1:] + strip[:-1] if words[0] == "right" else strip[1:] + strip[:1]
            elif name == "show":
                shown.append("".join(strip))
            elif name == "repeat":
                for _ in range(int(words[0])):
                    execute(inner, depth)
            elif words[0] not in routines:
                raise ValueError(f"line {number}: no routine {words[0]}")
            elif depth > 50:
                raise ValueError(f"line {number}: too deep")
            else:
                execute(routines[words[0]], depth + 1)

    execute(main, 0)
    return shown


def _parsed(program):
    main, routines, outer = [], {}, []
    block = main
    for number, line in enumerate(program.splitlines(), 1):
        text = " ".join(line.split())
        if not text or text.startswith("#"):
            continue
        name, words = _command(text)
        first_is_larger = name in ("light", "dim") and words[1] and int(words[0]) > int(words[1])
        misplaced = name == "routine" and (outer or words[0] in routines)
        if not name or first_is_larger or misplaced or (name == "end" and not outer):
            raise ValueError(f"line {number}: not understood")
        if name == "end":
            _, block = outer.pop()
            continue
        inner = []
        if name == "routine":
            routines[words[0]] = inner
        else:
            block.append((number, name, words, inner))
        if name in ("routine", "repeat"):
            outer.append((number, block))
            block = inner
    if outer:
        raise ValueError(f"line {outer[-1][0]}: no end")
    return main, routines


def _command(text):
    for name, form in _FORMS:
        if match := form.fullmatch(text):
            return name, match.groups()
    return "", ()
