"""The dashboard: what it must show, and that all who draw it draw the same."""

import json
import re
from pathlib import Path

import aws_cdk
import pytest
from aws_cdk import Duration, aws_cloudwatch
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard as GrafanaDashboard

from cost.metrics import _text, metrics_of
from cost.templates import Resource
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.metrics import Metric, Sent
from stacks.alarms.spec import Section
from stacks.application import app_of
from stacks.dashboard.cloudwatch import body_of
from stacks.dashboard.compose import compose
from stacks.dashboard.definition import COLUMNS, Formula, Series, States
from stacks.dashboard.grafana import file_of
from stacks.dashboard.layout import placed
from stacks.dashboard.lines import line_of
from stacks.dashboard.overview import dashboard_in
from stacks.dashboard.picture import picture_of
from stacks.dashboard.watched import Alarmed, further_graphs
from stacks.settings import load
from tests.infra.conftest import of_type, resources_of, synthesized


@pytest.fixture(scope="module")
def prod():
    return dashboard_in(app_of(load("prod")))


@pytest.fixture(scope="module")
def alarms():
    resources = resources_of(synthesized("prod"))
    single = of_type(resources, "AWS::CloudWatch::Alarm").values()
    return {alarm["AlarmName"]: alarm for alarm in single}


@pytest.fixture(scope="module")
def body():
    """What CloudWatch is given, references as words."""
    ((key, properties),) = of_type(resources_of(synthesized("prod")), "AWS::CloudWatch::Dashboard").items()
    return Resource(*key, "AWS::CloudWatch::Dashboard", properties)


def test_its_address_is_an_output():
    (stack,) = (one for one in synthesized("prod").stacks if one.stack_name == "junkos-prod-monitoring")
    assert stack.template["Outputs"]["DashboardUrl"]["Value"] == (
        "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/junkos-prod-overview"
    )


def test_dashboard_order_follows_the_questions(prod):
    """It answers in the order in which one asks."""
    questions = [part.question for part in prod.parts]
    asked = [str(section) for section in Section if section in questions]
    assert questions == [*asked, "What is firing?", "What does it cost?"]
    assert questions.index(Section.UP) == 0
    assert all(part.good.startswith("Good: ") for part in prod.parts)


def test_every_alarm_is_on_the_dashboard(prod, alarms):
    """Every alarm is on it under its question and by its level."""
    shown = [widget for part in prod.parts for widget in part.widgets if isinstance(widget, States)]
    under_questions = [name for widget in shown if not widget.firing for name in widget.alarms]
    by_level = [name for widget in shown if widget.firing for name in widget.alarms]
    assert sorted(under_questions) == sorted(by_level)
    assert set(alarms) <= set(by_level)


def test_alarm_limits_are_drawn(prod, alarms):
    """The limit of every alarm is drawn where its metric is."""
    drawn = 0
    for alarm in alarms.values():
        for graph in prod.graphs:
            for line in graph.lines:
                if asked_by(alarm) == line.asks and graph.limits:
                    drawn += 1
                    assert alarm["Threshold"] / line.divisor in {limit.value for limit in graph.limits}, alarm
    assert drawn > 10


def asked_by(alarm):
    """In the words of the definition; of a formula, none."""
    asked = alarm.get("Statistic") or ("percentile" if "ExtendedStatistic" in alarm else None)
    if asked is None:
        return None
    pairs = sorted((one["Name"], one["Value"]) for one in alarm.get("Dimensions", ()))
    return (alarm["Namespace"], alarm["MetricName"], *(word for pair in pairs for word in pair), asked)


def test_steady_metrics_with_alarms_are_drawn(prod, alarms):
    """What is alarmed and always there is drawn."""
    drawn = {line.asks for graph in prod.graphs for line in graph.lines}
    own = {name: alarm for name, alarm in alarms.items() if alarm.get("Namespace") == "JunkOS"}
    always = {name for name, alarm in own.items() if sent_of(alarm) is not Sent.IN_TROUBLE}
    assert len(always) > 8
    assert [name for name in sorted(always) if asked_by(alarms[name]) not in drawn] == []


def sent_of(alarm):
    return Metric(alarm["MetricName"]).sent


@pytest.mark.parametrize("name", ["prod", "staging", "local"])
def test_nothing_overlaps_and_nothing_leaves_the_grid(name):
    cells = [
        (one.x + across, one.y + down)
        for one in placed(dashboard_in(app_of(load(name))))
        for across in range(one.widget.width)
        for down in range(one.widget.height)
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < COLUMNS


def test_it_stays_within_what_cloudwatch_takes(prod, body):
    assert all(len(graph.lines) <= 500 for graph in prod.graphs)
    assert len(set(metrics_of(body))) <= 2500
    widgets = [one.widget for one in placed(prod)]
    assert len(widgets) <= 500
    assert all(len(widget.alarms) <= 100 for widget in widgets if isinstance(widget, States))


def test_graph_is_capped_at_its_maximum():
    """Of a thousand subjects a graph draws as many as can be drawn."""
    lines = [Series("JunkOS", Metric.UP, (("endpoint", f"e{number}"),), "Minimum", 300) for number in range(1000)]
    alarms = [Alarmed(f"down-{number}", Section.UP, Level.CRITICAL, line, None) for number, line in enumerate(lines)]
    (graph,) = further_graphs(alarms, drawn=set())
    assert len(graph.lines) == 100


def test_names_resolve_before_deployment(prod):
    """No name in it is a reference that only a deployment resolves."""
    assert not [word for series in prod.series for word in series.subject if "Token" in word]


def test_formula_names_are_unique_per_graph(body):
    """No two formulas of a graph share a name."""
    for widget in json.loads(_text(body.properties["DashboardBody"]))["widgets"]:
        identifiers = [metric[-1]["id"] for metric in widget["properties"].get("metrics", ()) if "id" in metric[-1]]
        assert len(identifiers) == len(set(identifiers))


def test_grafana_reads_the_same_metrics_as_cloudwatch(prod, body):
    queries = [query for panel in json.loads(file_of(prod))["panels"] for query in panel.get("targets", ())]
    read = {
        (query["namespace"], query["metricName"], tuple(sorted(query["dimensions"].items())))
        for query in queries
        if query.get("metricName")
    }
    assert read == set(metrics_of(body))


def test_grafana_types_accept_the_file(prod):
    """What they do not know, they lose when they read it."""
    plugins.register_default_plugins()
    written = json.loads(file_of(prod))
    read = GrafanaDashboard.from_json(written)
    assert json.loads(json.dumps(read, cls=JSONEncoder)) == written


def test_grafana_formulas_reference_existing_queries(prod):
    """Grafana computes formulas over queries that are there."""
    for panel in json.loads(file_of(prod))["panels"]:
        queries = [query for query in panel.get("targets", ()) if query.get("queryMode") == "Metrics"]
        known = {query["id"] for query in queries}
        assert len(known) == len(queries)
        assert len({query["refId"] for query in queries}) == len(queries)
        for formula in (query["expression"] for query in queries if query.get("expression")):
            assert any(name in formula for name in known), formula


def test_grafana_thresholds_match_the_limits(prod):
    """Grafana's colours change where the limits are."""
    panels = {panel["title"]: panel for panel in json.loads(file_of(prod))["panels"] if "title" in panel}
    steps = panels["Age of the newest proven backup"]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step.get("value") for step in steps] == [None, 26]
    up = panels["Up now (1) or down (0)"]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert [step["color"] for step in up] == ["#d13212", "#2ca02c"]


def test_no_text_of_the_picture_leaves_it(prod):
    """In DejaVu Sans, the widest of the usual fonts, a letter of this size is 7.2 wide in the mean."""
    texts = re.findall(r'<text x="(\d+)" y="\d+" font-size="12"[^>]*>([^<]*)<', picture_of(prod))
    assert [text for x, text in texts if int(x) + 7.2 * len(text) > COLUMNS * 52] == []


def test_picture_draws_a_line_per_graph(prod):
    """The picture draws a course in its graphs."""
    assert picture_of(prod).count("<polyline") > 20


class ApiOfTwoRoutes:
    """Signals such as an API's log gives."""

    in_seconds = False

    def request_rate(self, period):
        return self._metric("SampleCount", period)

    def error_rate(self, period):
        return self._share("failed requests (%)", period)

    def refusal_rate(self, period):
        return self._share("refused requests (%)", period)

    def latency(self, percentile, period):
        return self._metric(percentile, period)

    def latency_by_route(self, percentile, period):
        return {route: self._metric(percentile, period, route=route) for route in ("/orders", "other routes")}

    def _metric(self, statistic, period, **dimensions):
        return aws_cloudwatch.Metric(
            namespace="JunkOS",
            metric_name="request_duration",
            dimensions_map={"environment": "prod", **dimensions},
            statistic=statistic,
            period=period,
        )

    def _share(self, label, period):
        metrics = {"part": self._metric("Sum", period), "total": self._metric("SampleCount", period)}
        return aws_cloudwatch.MathExpression(
            expression="IF(total > 0, 100 * part / total, 0)", using_metrics=metrics, label=label, period=period
        )


def test_api_signals_with_percentiles_and_routes():
    """The api's signals are drawn second with their percentiles and routes."""
    drawn = compose(load("prod"), [], ApiOfTwoRoutes())
    assert [part.question for part in drawn.parts][:2] == [Section.UP, Section.USERS]
    graphs = {graph.title: graph for graph in drawn.graphs}
    assert [line.statistic for line in graphs["Latency"].lines] == ["p50", "p95", "p99"]
    assert [line.label for line in graphs["Latency by route, p95"].lines] == ["/orders", "other routes"]
    assert graphs["Failed: answered with 5xx"].lines[0].seconds == 300


MARKED = ("Failed: answered with 5xx", "Latency", "Latency by route, p95")


def with_errors(enabled):
    environment = load("prod")
    errors = environment.errors.model_copy(update={"enabled": enabled})
    return compose(environment.model_copy(update={"errors": errors}), [], ApiOfTwoRoutes())


def test_deployments_mark_errors_and_latency():
    """On an axis of their own, so that they change nothing of the graph's."""
    drawn = body_of(with_errors(enabled=True), lambda resource, name: f"{resource}:{name}")["widgets"]
    graphs = {one["properties"]["title"]: one["properties"] for one in drawn if one["type"] == "metric"}
    marked = {title for title, graph in graphs.items() if "deployments" in json.dumps(graph["metrics"])}
    assert marked == set(MARKED)
    for title in MARKED:
        (*_, expression, metric) = graphs[title]["metrics"]
        assert expression[0]["expression"] == f"FILL({metric[-1]['id']}, 0)"
        assert expression[0]["yAxis"] == "right"
        assert metric[:4] == ["JunkOS", "deployments", "environment", "prod"]
        assert (metric[-1]["stat"], metric[-1]["visible"]) == ("Maximum", False)
        assert (graphs[title]["yAxis"]["right"]["min"], graphs[title]["yAxis"]["right"]["max"]) == (0, 1)


def test_grafana_marks_deployments_on_another_axis():
    panels = {panel.get("title"): panel for panel in json.loads(file_of(with_errors(enabled=True)))["panels"]}
    for title in MARKED:
        assert "FILL(" in json.dumps(panels[title]["targets"])
        (override,) = panels[title]["fieldConfig"]["overrides"]
        assert override["matcher"]["options"] == "deployment"
        assert {"id": "custom.axisPlacement", "value": "right"} in override["properties"]


def test_no_marks_without_error_tracking():
    assert not [graph.title for graph in with_errors(enabled=False).graphs if graph.marks]


def test_regions_are_drawn_apart(tmp_path):
    """With several places each is drawn apart."""
    text = Path("environments/prod.toml").read_text()
    (tmp_path / "prod.toml").write_text(f'{text}\n[uptime]\nprobe_regions = ["eu-west-1", "eu-west-2"]\nquorum = 2\n')
    drawn = compose(load("prod", tmp_path), [])
    regions = {dict(series.dimensions)["region"] for series in drawn.series if "region" in dict(series.dimensions)}
    assert regions == {"us-east-1", "eu-west-1", "eu-west-2"}


def test_unnamed_resource_is_refused():
    """A metric of a resource without a name is refused."""
    stack = aws_cdk.Stack()
    queue = aws_cdk.aws_sqs.Queue(stack, "Queue")
    with pytest.raises(TypeError, match="whose name is not known at synthesis"):
        line_of(queue.metric_approximate_number_of_messages_visible())


def test_formula_keeps_parts_and_period():
    """A formula keeps its parts and its period."""
    line = line_of(ApiOfTwoRoutes().error_rate(Duration.minutes(1)))
    assert isinstance(line, Formula)
    assert {name for name, series in line.series if isinstance(series, Series)} == {"part", "total"}
    assert (line.seconds, line.label) == (60, "failed requests (%)")
