"""Card numbers: a card's first digits and length, and a right check digit."""

import re

_CARDS = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{15,18}"
)  # Visa, Mastercard, American Express, Diners, JCB, Discover and UnionPay


def is_card(digits: str) -> bool:
    """Whether these are a card's digits, the last of them being right (Luhn)."""
    if not _CARDS.fullmatch(digits):
        return False
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
