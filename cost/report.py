"""The bill as a table for people, and as a JSON document."""

from collections.abc import Iterator
from typing import Any

from cost.bill import Bill, Item, Month
from cost.prices import AS_OF, REGION
from cost.use import Use
from lambdas.shared.quantities import rounded

_WIDTH = 44
_BLOCK = "```text\n"


def report(name: str, month: Month, *, details: bool) -> str:
    """Biggest first; with `details`, what each line is made of."""
    lines = [
        f"What environment {name} costs in a month, in US dollars ({REGION}, prices of {AS_OF})",
        "",
        in_short(month),
        "",
        *_table(month.environment, "besides the database", details=details),
    ]
    if month.guardduty.items:
        lines += ["", *_table(month.guardduty, "GuardDuty, by what goes on in the account", details=details)]
    if month.besides:
        lines += ["", "Not counted: " + ", ".join(month.besides)]
    return "\n".join(lines)


def in_short(month: Month) -> str:
    """The three figures that matter: what it costs by the list, what of it is due, and what is priced apart."""
    return (
        f"${month.environment.listed:.2f} by the list, ${month.environment.due:.2f} after what AWS gives for nothing;"
        f" GuardDuty ${month.guardduty.due:.2f} more"
    )


def document(name: str, month: Month) -> dict[str, Any]:
    """The same as a JSON document, in dollars and not rounded."""
    return {
        "environment": name,
        "currency": "USD",
        "region": REGION,
        "prices_of": AS_OF,
        "besides_database": _document(month.environment),
        "guardduty": _document(month.guardduty),
        "not_counted": list(month.besides),
    }


def _document(bill: Bill) -> dict[str, Any]:
    return {
        "list_price": bill.listed,
        "less_free": bill.due,
        "items": [
            {
                "what": item.price.value.unit,
                "quantity": item.quantity,
                "list_price": item.listed,
                "less_free": item.due,
                "uses": [{"what": use.what, "quantity": use.quantity} for use in _largest_first(item)],
            }
            for item in bill.items
        ],
    }


def put_into(document: str, table: str) -> str:
    """The document with `table` as its block of plain text."""
    before, _, rest = document.partition(_BLOCK)
    _, _, after = rest.partition("```")
    return f"{before}{_BLOCK}{table}\n```{after}"


def _table(bill: Bill, total: str, *, details: bool) -> Iterator[str]:
    yield f"{'':>12}  {'':<{_WIDTH}}{'list price':>12}{'less free':>12}"
    for item in bill.items:
        yield _line(rounded(item.quantity), item.price.value.unit, item)
        if details:
            yield from (f"{rounded(use.quantity):>16}    {use.what}" for use in _largest_first(item))
    yield f"{'':>12}  {total:<{_WIDTH}}{bill.listed:>12.2f}{bill.due:>12.2f}"


def _line(amount: str, unit: str, item: Item) -> str:
    return f"{amount:>12}  {unit:<{_WIDTH}}{_money(item.listed):>12}{_money(item.due):>12}"


def _money(dollars: float) -> str:
    return "<0.01" if 0 < dollars < 0.005 else f"{dollars:.2f}"  # noqa: PLR2004  half a cent


def _largest_first(item: Item) -> list[Use]:
    return sorted(item.uses, key=lambda use: -use.quantity)
