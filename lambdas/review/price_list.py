"""What an instance of RDS costs, by AWS's price list, whose requests cost nothing.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

import json
from typing import Any, Final

HOURS_OF_MONTH: Final = 730


def monthly_dollars(pricing: Any, region: str, instance_class: str, *, multi_az: bool) -> float | None:
    """On demand, without storage; None where the list has no such class, or several prices of it."""
    wanted = {
        "instanceType": instance_class,
        "regionCode": region,
        "databaseEngine": "PostgreSQL",
        "deploymentOption": "Multi-AZ" if multi_az else "Single-AZ",
        "locationType": "AWS Region",
        "productFamily": "Database Instance",
    }
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in wanted.items()]
    found = pricing.get_products(ServiceCode="AmazonRDS", Filters=filters)["PriceList"]
    prices = {price for product in found for price in _hourly(json.loads(product))}
    return prices.pop() * HOURS_OF_MONTH if len(prices) == 1 else None


def _hourly(product: dict[str, Any]) -> set[float]:
    return {
        float(dimension["pricePerUnit"]["USD"])
        for term in product.get("terms", {}).get("OnDemand", {}).values()
        for dimension in term["priceDimensions"].values()
        if dimension.get("unit") == "Hrs" and "USD" in dimension["pricePerUnit"]
    }
