"""A month's bill."""

from collections.abc import Iterable
from dataclasses import dataclass

from cost.alarms import uses_of_alarms, uses_of_dashboards
from cost.assumptions import Assumptions
from cost.copies import uses_of_copies
from cost.drills import uses_of_drills
from cost.functions import functions_of, uses_of_functions
from cost.keys import uses_of_endpoints, uses_of_keys
from cost.kinds import BESIDES, refuse_unknown
from cost.large_runs import uses_of_large_runs
from cost.logs import uses_of_contributor_rules, uses_of_logs
from cost.messages import uses_of_apis, uses_of_messages
from cost.metrics import uses_of_metrics
from cost.prices import Price
from cost.reads import uses_of_reads
from cost.security import uses_of_guardduty
from cost.storage import uses_of_buckets, uses_of_pages, uses_of_tables
from cost.templates import Templates
from cost.use import Use


@dataclass(frozen=True)
class Item:
    """All uses of what has one price."""

    price: Price
    uses: tuple[Use, ...]

    @property
    def quantity(self) -> float:
        return sum(use.quantity for use in self.uses)

    @property
    def listed(self) -> float:
        """Dollars at the list price."""
        return self.price.value.dollars * self.quantity

    @property
    def due(self) -> float:
        """Dollars beyond the always-free tier, if nothing else in the account uses it."""
        return self.price.value.dollars * max(0.0, self.quantity - self.price.value.free)


@dataclass(frozen=True)
class Bill:
    items: tuple[Item, ...]
    """What is due most first."""

    @property
    def listed(self) -> float:
        return sum(item.listed for item in self.items)

    @property
    def due(self) -> float:
        return sum(item.due for item in self.items)


@dataclass(frozen=True)
class Month:
    """What an environment costs besides its database; GuardDuty's part depends on the whole account."""

    environment: Bill
    guardduty: Bill
    besides: tuple[str, ...]
    """What is there and not counted."""


def month_of(templates: Templates, assumptions: Assumptions) -> Month:
    """Raises CostError for anything whose cost is not known."""
    refuse_unknown(templates)
    functions = functions_of(templates, assumptions)
    kinds = {resource.kind for resource in templates.resources}
    return Month(
        _bill(
            [
                *uses_of_alarms(templates),
                *uses_of_dashboards(templates),
                *uses_of_metrics(templates, functions, assumptions),
                *uses_of_reads(templates, functions, assumptions),
                *uses_of_logs(templates, functions, assumptions),
                *uses_of_contributor_rules(templates, assumptions),
                *uses_of_functions(functions),
                *uses_of_drills(templates, assumptions),
                *uses_of_large_runs(templates, assumptions),
                *uses_of_messages(templates, assumptions),
                *uses_of_apis(templates, assumptions),
                *uses_of_tables(templates, functions, assumptions),
                *uses_of_buckets(templates, functions, assumptions),
                *uses_of_copies(templates, functions, assumptions),
                *uses_of_pages(templates, assumptions),
                *uses_of_keys(templates),
                *uses_of_endpoints(templates),
            ]
        ),
        _bill(uses_of_guardduty(templates, assumptions)),
        tuple(what for kind, what in BESIDES.items() if kind in kinds),
    )


def _bill(uses: Iterable[Use]) -> Bill:
    by_price: dict[Price, list[Use]] = {}
    for use in uses:
        by_price.setdefault(use.price, []).append(use)
    items = [Item(price, tuple(of)) for price, of in by_price.items()]
    return Bill(tuple(sorted(items, key=lambda item: (-item.due, -item.listed, item.price.name))))
