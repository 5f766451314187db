def label(authors):
    if not authors:
        return "(empty)"
    first, last = min(authors, key=str.lower), max(authors, key=str.lower)
    if first.lower() == last.lower():
        return first
    letters = 3
    while first[:letters].lower() == last[:letters].lower():
        letters += 1
    return f"{first[:letters]} – {last[:letters]}"
