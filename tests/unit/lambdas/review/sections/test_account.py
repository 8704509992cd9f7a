"""Sections that ask AWS about the account: utilisation, traffic, cost, access keys."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.review.sections import access_keys
from lambdas.review.sections.access_keys import ACCESS_KEYS
from lambdas.review.sections.cost import COST
from lambdas.review.sections.traffic import TRAFFIC
from lambdas.review.sections.utilisation import UTILISATION
from lambdas.review.size_advice import Advice, Used, advise, used, usually_below
from lambdas.vocabulary.instance_classes import GIBIBYTE, INSTANCE_CLASSES, sizes_beside
from lambdas.vocabulary.reviews import Period, State
from tests.unit.lambdas.review.situation import DENIED, NOW, UNTIL, Account, ask, metrics, refusal

HOURS = [UNTIL - timedelta(hours=number) for number in range(720, 0, -1)]


def price_of(dollars):
    def answer(**asked):
        name = next(each["Value"] for each in asked["Filters"] if each["Field"] == "instanceType")
        dimension = {"unit": "Hrs", "pricePerUnit": {"USD": str(dollars[name])}}
        product = {"terms": {"OnDemand": {"x": {"priceDimensions": {"y": dimension}}}}}
        return {"PriceList": [json.dumps(product)]}

    return answer


def database(cpu, free_gib, connections, *, name="db.t4g.medium", hours=HOURS, pricing=None):
    return Account(
        {
            "rds.describe_db_instances": {"DBInstances": [{"DBInstanceClass": name, "MultiAZ": False}]},
            "cloudwatch.get_metric_data": metrics(
                {
                    "CPUUtilization": dict.fromkeys(hours, cpu),
                    "FreeableMemory": dict.fromkeys(hours, free_gib * GIBIBYTE),
                    "DatabaseConnections": dict.fromkeys(hours, connections),
                }
            ),
            "pricing.get_products": pricing
            or price_of({"db.t4g.small": 0.032, "db.t4g.medium": 0.065, "db.t4g.large": 0.129}),
        }
    )


@pytest.mark.parametrize(
    ("cpu", "free", "connections", "state", "said"),
    [
        (50.0, 2.0, 40.0, State.GOOD, "keep"),
        (90.0, 2.0, 40.0, State.ATTENTION, "one size up (t4g.large) costs $46.72 a month"),
        (50.0, 0.2, 40.0, State.ATTENTION, "one size up (t4g.large) costs $46.72 a month"),
        (20.0, 3.0, 20.0, State.ATTENTION, "one size down (t4g.small) saves $24.09 a month"),
        (20.0, 1.0, 20.0, State.GOOD, "keep"),
    ],
    ids=["right", "CPU", "memory", "idle", "idle but for memory"],
)
def test_size_with_the_money(cpu, free, connections, state, said):
    found = ask(UTILISATION, database(cpu, free, connections), Period.MONTH)
    assert (found.state, found.summary.split("; ")[1]) == (state, said)


def test_advice_without_prices():
    """Denied, a price is unknown; what was measured is not."""
    found = ask(UTILISATION, database(90.0, 2.0, 40.0, pricing=DENIED), Period.MONTH)
    assert found.summary.endswith("one size up (t4g.large)")
    assert found.blocks[-1].said.startswith("What they cost is unknown: AWS refused")
    assert {row[3] for row in found.blocks[0].rows} == {"unknown"}


@pytest.mark.parametrize("listed", [{"PriceList": []}, {"PriceList": [json.dumps({"terms": {}})]}])
def test_class_that_is_not_listed_has_no_price(listed):
    assert ask(UTILISATION, database(90.0, 2.0, 40.0, pricing=listed), Period.MONTH).summary.endswith("(t4g.large)")


def test_two_days_are_too_few():
    assert ask(UTILISATION, database(1.0, 3.0, 1.0, hours=HOURS[-48:]), Period.MONTH).state is State.UNKNOWN


def test_class_that_nobody_knows():
    assert ask(UTILISATION, database(1.0, 3.0, 1.0, name="db.z9.huge"), Period.MONTH).state is State.UNKNOWN


def test_external_database():
    assert ask(UTILISATION, Account(), Period.MONTH, instance=None).state is State.NOT_IN_USE


PERCENT = st.floats(0, 100)


@given(PERCENT, PERCENT, PERCENT)
def test_advice_is_one_of_three_and_consistent(cpu, memory, connections):
    """What a smaller class could not hold is never to be made smaller; half the load is never a reason to grow."""
    of = Used(cpu, memory, connections)
    advice = advise(of)
    if advice is Advice.DOWN:
        assert advise(Used(2 * cpu, 2 * memory, 2 * connections)) is not Advice.UP
    if advice is not Advice.UP:
        assert advise(Used(cpu / 2, memory / 2, connections / 2)) is not Advice.UP


@given(st.lists(PERCENT, min_size=1, max_size=200))
def test_usually_below(values):
    limit = usually_below(values)
    assert limit in values
    assert sum(value <= limit for value in values) >= 0.95 * len(values)


@pytest.mark.parametrize("name", INSTANCE_CLASSES)
def test_neighbours_are_classes(name):
    smaller, larger = sizes_beside(name)
    assert smaller is None or INSTANCE_CLASSES[smaller].vcpus <= INSTANCE_CLASSES[name].vcpus
    assert larger is None or INSTANCE_CLASSES[larger].memory_gib > INSTANCE_CLASSES[name].memory_gib
    assert used(INSTANCE_CLASSES[name], [1.0], [0.0], [0.0]).memory == 100


def test_traffic_by_hour_and_weekday():
    def requests(at):
        return 1000.0 if (at.weekday(), at.hour) == (2, 9) else 10.0

    account = Account({"cloudwatch.get_metric_data": metrics({"request_duration": {at: requests(at) for at in HOURS}})})
    found = ask(TRAFFIC, account, Period.MONTH)
    assert found.state is State.NOTED
    assert found.summary.endswith("busiest Wed 09:00 UTC with 1,000 an hour")
    assert found.blocks[0].values[2][9] == 1000.0
    assert found.blocks[0].values[6][23] == 10.0


def test_no_traffic_is_unknown():
    assert ask(TRAFFIC, Account({"cloudwatch.get_metric_data": metrics({})}), Period.MONTH).state is State.UNKNOWN


def bill(*months):
    results = [
        {
            "TimePeriod": {"Start": start},
            "Groups": [
                {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": str(of)}}} for name, of in spent.items()
            ],
        }
        for start, spent in months
    ]
    return {"ResultsByTime": results}


FORECAST = {"Total": {"Amount": "61.5", "Unit": "USD"}}
NOVEMBER = bill(("2026-10-01", {"RDS": 40.0, "S3": 1.0}), ("2026-11-01", {"RDS": 60.0, "Lambda": 0.5}))
FIRST = UNTIL + timedelta(days=1)


def cost(used=NOVEMBER, forecast=FORECAST, period=Period.MONTH, **given):
    asked = []

    def get(**of):
        asked.append(of)
        return used.pop(0) if isinstance(used, list) else used

    account = Account(
        {"ce.get_cost_and_usage": used if isinstance(used, Exception) else get, "ce.get_cost_forecast": forecast}
    )
    found = ask(COST, account, period, **({"until": FIRST, "at": FIRST + timedelta(hours=6)} | given))
    return found, asked


def test_cost_against_the_month_before():
    found, asked = cost()
    assert (found.state, found.summary) == (
        State.ATTENTION,
        "$60.50 in the month to 2026-12-01, +48 %; $61.50 forecast from 2026-12-01 to 2027-01-01",
    )
    assert found.blocks[0].rows[0] == ("RDS", "$60.00", "$40.00", "+$20.00")
    assert asked[0]["TimePeriod"] == {"Start": "2026-10-01", "End": "2026-12-01"}


def test_cost_in_the_middle_of_a_month_is_of_whole_ones():
    _, asked = cost(until=NOW, at=NOW)
    assert asked[0]["TimePeriod"] == {"Start": "2026-09-01", "End": "2026-11-01"}


def test_cost_of_a_quarter_has_no_forecast():
    found, asked = cost(forecast=DENIED, period=Period.QUARTER)
    assert "forecast" not in found.summary
    assert asked[0]["TimePeriod"] == {"Start": "2026-06-01", "End": "2026-12-01"}


def test_young_account_has_no_forecast():
    found, _ = cost(forecast=refusal("DataUnavailableException", "Insufficient amount of historical data"))
    assert "forecast unknown (AWS refused Operation: DataUnavailableException" in found.summary
    assert found.figures[0].value == 60.5


def test_every_page_of_the_bill_counts():
    first = {**bill(("2026-11-01", {"RDS": 60.0})), "NextPageToken": "2"}
    found, asked = cost(used=[first, bill(("2026-11-01", {"S3": 2.0}))])
    assert found.figures[0].value == 62.0
    assert asked[1]["NextPageToken"] == "2"


def test_bill_of_too_many_pages_is_unknown():
    endless = {**bill(("2026-11-01", {"RDS": 60.0})), "NextPageToken": "2"}
    found, asked = cost(used=endless)
    assert (found.state, len(asked)) == (State.UNKNOWN, 3)


@pytest.mark.parametrize(
    "used", [refusal("AccessDeniedException", "User not enabled for cost explorer access"), {"ResultsByTime": []}]
)
def test_no_cost_explorer_is_unknown(used):
    assert cost(used=used)[0].state is State.UNKNOWN


def keys(*users, root=0):
    """Each user with its keys: made and used so many days ago (None: never), and whether it is active."""
    by_user = {name: [(f"{name}{number}", *key) for number, key in enumerate(of)] for name, *of in users}
    used = {name: days for of in by_user.values() for name, _, days, _ in of}

    def list_keys(UserName):  # noqa: N803  (AWS's own)
        return {
            "AccessKeyMetadata": [
                {
                    "AccessKeyId": name,
                    "Status": "Active" if active else "Inactive",
                    "CreateDate": NOW - timedelta(days=made),
                }
                for name, made, _, active in by_user[UserName]
            ]
        }

    def last_used(AccessKeyId):  # noqa: N803  (AWS's own)
        days = used[AccessKeyId]
        return {"AccessKeyLastUsed": {} if days is None else {"LastUsedDate": NOW - timedelta(days=days)}}

    class OnePage(Account):
        def page(self, name, number, asked):
            return None if number else super().page(name, number, asked)

    listed = {"Users": [{"UserName": name} for name in by_user]}
    account = OnePage(
        {
            "iam.list_users": listed,
            "iam.list_access_keys": list_keys,
            "iam.get_access_key_last_used": last_used,
            "iam.get_account_summary": {"SummaryMap": {"AccountAccessKeysPresent": root}},
        }
    )
    return ask(ACCESS_KEYS, account, Period.QUARTER)


def test_keys_that_are_old_or_not_used():
    found = keys(
        ("ci", (20, 1, True)),
        ("old", (200, 100, True), (5, 1, True)),
        ("never", (20, None, True)),
        ("off", (900, None, False)),
    )
    assert (found.state, found.summary) == (State.ATTENTION, "4 active keys, 2 to be replaced or deleted")
    assert [(row[0], row[3]) for row in found.blocks[0].rows] == [
        ("old", "older than 90 days, not used for 90 days"),
        ("ci", "-"),
        ("never", "never used"),
        ("old", "-"),
    ]


def test_no_key_is_the_best():
    assert (keys(("ana",)).state, keys(("ana",)).summary) == (State.GOOD, "no user has one")


def test_key_of_the_root_user():
    found = keys(root=1)
    assert (found.state, found.summary) == (
        State.ATTENTION,
        "no user has one; the root user has one, which must be deleted",
    )


def test_more_users_than_are_looked_at(monkeypatch):
    monkeypatch.setattr(access_keys, "MOST_USERS", 1)
    assert keys(("ana",), ("ben",)).state is State.UNKNOWN
