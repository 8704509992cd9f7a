from datetime import timedelta

from lambdas.review.sections.error_rate import ERROR_RATE
from lambdas.vocabulary.reviews import State
from tests.unit.lambdas.review.situation import DENIED, UNTIL, Account, ask, metrics

DAYS = [UNTIL - timedelta(days=number) for number in range(7, 0, -1)]


def account(failed):
    return Account(
        {
            "cloudwatch.get_metric_data": metrics(
                {
                    "request_duration": dict.fromkeys(DAYS, 1000.0),
                    "request_failed": dict(zip(DAYS, failed, strict=True)),
                }
            )
        }
    )


def test_each_day_is_held_to_the_limit():
    found = ask(ERROR_RATE, account([0, 0, 0, 20, 0, 0, 0]))
    assert found.state is State.ATTENTION
    assert found.summary == "0.29 % of 7,000 requests failed; above 1 % on Thu 26 Nov"
    assert [row[3] for row in found.blocks[1].rows] == ["0 %", "0 %", "0 %", "2 %", "0 %", "0 %", "0 %"]


def test_good_week():
    found = ask(ERROR_RATE, account([10] * 7))
    assert found.state is State.GOOD
    assert {figure.name: figure.value for figure in found.figures} == {
        "error_percent": 1.0,
        "requests": 7000.0,
        "failed": 70.0,
    }
    assert all(figure.source.startswith("CloudWatch: ") for figure in found.figures)


def test_no_request_is_no_good_week():
    assert ask(ERROR_RATE, Account({"cloudwatch.get_metric_data": metrics({})})).state is State.UNKNOWN


def test_denied_is_unknown():
    found = ask(ERROR_RATE, Account({"cloudwatch.get_metric_data": DENIED}))
    assert (found.state, "needs this permission" in found.summary) == (State.UNKNOWN, True)


def test_failed_second_page_is_unknown():
    """What the first page had is not taken for the week."""
    first = metrics({"request_duration": {DAYS[0]: 5.0}})

    class Pages(Account):
        def page(self, name, number, asked):
            if number:
                raise DENIED
            return first(**asked)

    assert ask(ERROR_RATE, Pages()).state is State.UNKNOWN


def test_refused_metric_is_unknown():
    def forbidden(**asked):
        return {
            "MetricDataResults": [
                {"Id": query["Id"], "StatusCode": "Forbidden", "Timestamps": [], "Values": []}
                for query in asked["MetricDataQueries"]
            ]
        }

    assert ask(ERROR_RATE, Account({"cloudwatch.get_metric_data": forbidden})).state is State.UNKNOWN
