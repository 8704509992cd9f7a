"""Metric maths, as AWS documents it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

import pytest

from emulator.cloudwatch.errors import MathsError
from emulator.cloudwatch.maths.evaluate import Queries
from emulator.cloudwatch.maths.values import Series
from emulator.cloudwatch.window import Window

WINDOW = Window(60, (0, 60, 120, 180, 240))
METRICS = {
    "metric1": "30 20 0 0 -",
    "metric2": "20 - 20 - -",
    "condition": "1 1 0 0 -",
    "then": "30 - 0 0 30",
    "otherwise": "0 0 20 - 20",
    "m1": "1 2 - 4 10",
    "m2": "3 - - 5 5",
    "empty": "- - - - -",
    "errors4xx": "1 1 1 1 1",
    "errors5xx": "2 - 2 2 2",
}


def read(text):
    values = zip(WINDOW.starts, text.split(), strict=True)
    return {start: float(value) for start, value in values if value != "-"}


def compute(expression, **expressions):
    metrics = {name: Series(read(values), name) for name, values in METRICS.items()}
    queries = Queries(
        WINDOW,
        metrics,
        {"result": expression, **expressions},
        band_of=lambda metric: (Series(read("9 9 9 9 9")), Series(read("1 1 1 1 1"))) if metric == "m1" else None,
        insight=lambda rule, metric, _window: {60: 7.0} if (rule, metric) == ("who", "MaxContributorValue") else None,
    )
    return queries.series("result")


CASES = [
    # "Comparison and logical operators": a value that only one side has is compared with 0
    ("metric1 < metric2", "0 0 1 0 -"),
    ("metric1 >= 30", "1 0 0 0 -"),
    ("metric1 > 15 AND metric2 > 15", "1 0 0 0 -"),
    ("metric1 > 15 && metric2 > 15", "1 0 0 0 -"),
    ("metric1 > 25 || metric2 > 15", "1 0 1 0 -"),
    ("metric1 == 20 OR metric1 != 20 AND metric1 > 25", "1 1 0 0 -"),
    # "Basic arithmetic functions": missing values are treated as 0; what would be divided by zero is dropped
    ("m1 + m2", "4 2 - 9 15"),
    ("m1 / m2", "0.3333333333333333 - - 0.8 2"),
    ("m2 / m1", "3 0 - 1.25 0.5"),
    ("5 * m1", "5 10 - 20 50"),
    ("-m1", "-1 -2 - -4 -10"),
    ("-5*m1 + 2", "-3 -8 - -18 -48"),
    ("m1^2 - 1", "0 3 - 15 99"),
    ("2 + 3 * m1 - 8 / 4 / 2", "4 7 - 13 31"),
    ("(2 + 3) * m1", "5 10 - 20 50"),
    ("SUM(100/[m1, m2])", "133.33333333333334 50 - 45 30"),
    # "Functions supported for metric math"
    ("ABS(m1 - m2)", "2 2 - 1 5"),
    ("CEIL(m1 / 3)", "1 1 - 2 4"),
    ("FLOOR(m1 / 3)", "0 0 - 1 3"),
    ("m1 - AVG(m1)", "-3.25 -2.25 - -0.25 5.75"),
    ("AVG([m1, m2])", "2 1 - 4.5 7.5"),
    ("SUM([m1, m2])", "4 2 - 9 15"),
    ("MAX([m1, m2])", "3 2 - 5 10"),
    ("MIN([m1, m2])", "1 2 - 4 5"),
    ("MAX(m1) / m1", "10 5 - 2.5 1"),
    ("m1 - MIN(m1)", "0 1 - 3 9"),
    ("SUM(m1) / DATAPOINT_COUNT(m1) + 0 * m1", "4.25 4.25 - 4.25 4.25"),
    ("DIFF(m1)", "- 1 - 2 6"),
    ("DIFF_TIME(m1)", "- 60 - 120 60"),
    ("RATE(m1) * 60", "- 1 - 1 6"),
    ("RUNNING_SUM(m1)", "1 3 - 7 17"),
    ("m1 / PERIOD(m1) * 60", "1 2 - 4 10"),
    ("TIME_SERIES(10)", "10 10 10 10 10"),
    ("TIME_SERIES(MAX(m1))", "10 10 10 10 10"),
    ('SUM(METRICS("errors"))', "3 1 3 3 3"),
    ('SUM([METRICS("4xx"), METRICS("5xx")])', "3 1 3 3 3"),
    ("m1 / METRIC_COUNT([m1, m2])", "0.5 1 - 2 5"),
    ("FIRST(SORT([m1, m2], MAX, DESC))", "1 2 - 4 10"),
    ("FIRST(SORT([m1, m2], MAX, ASC))", "3 - - 5 5"),
    ("LAST(SLICE([m1, m2, errors4xx], 1))", "1 1 1 1 1"),
    ("FIRST(REMOVE_EMPTY([empty, m2]))", "3 - - 5 5"),
    ("MINUTE(m1)", "0 1 2 3 4"),
    # "the values to use as the filler for missing values"
    ("FILL(m1, 7)", "1 2 7 4 10"),
    ("FILL(m1, REPEAT)", "1 2 2 4 10"),
    ("FILL(m1, LINEAR)", "1 2 3 4 10"),
    ("FILL(m2, MIN(m2))", "3 3 3 5 5"),
    ("FILL(m2, m1)", "3 2 - 5 5"),
    ("FILL(empty, 0)", "0 0 0 0 0"),
    ("FILL(empty, REPEAT)", "- - - - -"),
    ("SUM(FILL([m1, m2], 0))", "4 2 0 9 15"),
    # "Using IF expressions" has these tables
    ("IF(condition, then, otherwise)", "30 0 20 - -"),
    ("IF(condition, 5, otherwise)", "5 5 20 - -"),
    ("IF(condition, then, 5)", "30 0 5 5 -"),
    ("IF(condition, then)", "30 0 - - -"),
    ("IF(m1 < 4, m1)", "1 2 - - -"),
    ("IF(m1 < 4, 10, 2)", "10 10 - 2 2"),
    ("IF(1, m1, m2)", "1 2 - 4 10"),
    ("IF(0, m1, m2)", "3 - - 5 5"),
    ("IF(0, m1)", "- - - - -"),
    # the band's upper edge comes first, its lower edge last
    ("FIRST(ANOMALY_DETECTION_BAND(m1, 2))", "9 9 9 9 9"),
    ("LAST(ANOMALY_DETECTION_BAND(m1))", "1 1 1 1 1"),
    ("LAST(ANOMALY_DETECTION_BAND(m2))", "- - - - -"),
    ("INSIGHT_RULE_METRIC('who', 'MaxContributorValue')", "- 7 - - -"),
    ('INSIGHT_RULE_METRIC("who", Sum)', "- - - - -"),
    # a number of a series without data: the expression has no data
    ("m1 / MAX(empty)", "- - - - -"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "values"), CASES)
def test_an_expression_gives_what_the_documentation_says(expression, values):
    assert compute(expression).points == pytest.approx(read(values))


def test_an_expression_uses_the_results_of_others():
    assert compute("100 * rate", rate="m1 / total", total="m1 + m2").points[0] == 25


REFUSED = [
    ("SEARCH('{AWS/Lambda}', 'Sum')", "SEARCH is not a function of metric maths that an alarm can use"),
    ("SUMM(m1)", "SUMM is not a function"),
    ("sum(m1)", "sum is not a function"),
    ("m1 +", "unexpected the end in expression"),
    ("m1 m2", "unexpected m2 in expression"),
    ("(m1", "unexpected the end"),
    ("m1 $ 2", r"cannot read '\$ 2'|cannot read ' \$ 2'"),
    ("m9 + 1", "there is no metric or expression with Id m9"),
    ("result + 1", "the expression result needs its own result"),
    ("MAX(m1)", "is not a single time series"),
    ("[m1, m2]", "is not a single time series"),
    ("RATE(5)", "RATE needs a time series, not the number 5"),
    ("IF(m1)", "IF does not take these arguments"),
    ("[m1, m2] + [m1, m2]", "cannot join two arrays"),
    ("'text'", "has no value"),
]


@pytest.mark.parametrize(("expression", "message"), REFUSED)
def test_uncomputable_expression_says_why(expression, message):
    """An expression that cannot be computed says why."""
    with pytest.raises(MathsError, match=message):
        compute(expression)
