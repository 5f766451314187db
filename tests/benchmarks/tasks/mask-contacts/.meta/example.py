def mask_email(address):
    name, _, domain = address.partition("@")
    host, _, ending = domain.rpartition(".")
    if address.count("@") != 1 or not (name and host and ending):
        raise ValueError("not an address")
    return f"{name[0]}***@***.{ending}"


def mask_phone(number):
    digits = sum(letter.isdigit() for letter in number)
    left = digits - 3 if digits >= 6 else digits
    masked = ""
    for letter in number:
        hidden = letter.isdigit() and left > 0
        left -= letter.isdigit()
        masked += "x" if hidden else letter
    return masked
