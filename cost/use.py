"""What is used of something that has a price."""

from dataclasses import dataclass

from cost.prices import Price


@dataclass(frozen=True)
class Use:
    """`quantity` a month, in the price's unit, for `what`."""

    price: Price
    quantity: float
    what: str

    @property
    def dollars(self) -> float:
        """At the list price."""
        return self.price.value.dollars * self.quantity
