"""What is counted, on templates of a few lines."""

import json

import pytest

from cost.alarms import uses_of_alarms, uses_of_dashboards
from cost.assumptions import HOURS, Assumptions
from cost.bill import Item, month_of
from cost.errors import CostError
from cost.prices import Price
from cost.report import document, put_into, report
from cost.templates import Templates
from cost.use import Use
from lambdas.prometheus_scrape.sources import Kind, Series, Source
from lambdas.shared.quantities import rounded
from lambdas.vocabulary.codec import encode
from stacks.settings.schedule import runs_a_month

ASSUMED = Assumptions()
MONTHLY = "cron(0 5 2 * ? *)"


def templates(**resources):
    return Templates({"stack": {"Resources": resources}})


def of(kind, **properties):
    return {"Type": kind, "Properties": properties}


def alarm(**properties):
    return of("AWS::CloudWatch::Alarm", AlarmName="a", **properties)


def metric(name="up", namespace="JunkOS", **dimensions):
    pairs = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": pairs}


def function(folder="recovery_check", **properties):
    given = {"Handler": f"lambdas.{folder}.handler.handler", "FunctionName": folder, "Timeout": 60, "MemorySize": 1024}
    return of("AWS::Lambda::Function", **{**given, "Architectures": ["arm64"], **properties})


def schedule(target, expression="rate(1 hour)"):
    return of(
        "AWS::Scheduler::Schedule",
        Name="s",
        ScheduleExpression=expression,
        Target={"Arn": {"Fn::GetAtt": [target, "Arn"]}},
    )


def bill(**resources):
    """The quantities used, by price."""
    month = month_of(templates(**resources), ASSUMED)
    return {item.price: item.quantity for item in month.environment.items}


@pytest.mark.parametrize(
    ("properties", "price", "metrics"),
    [
        ({**metric(), "Period": 300}, Price.ALARM, 1),
        ({**metric(), "Period": 30}, Price.HIGH_RESOLUTION_ALARM, 1),
        (
            {
                "Metrics": [
                    {"Id": "a", "MetricStat": {"Metric": metric(), "Period": 60}},
                    {"Id": "b", "MetricStat": {"Metric": metric("latency_ms"), "Period": 60}},
                    {"Id": "rate", "Expression": "a / b"},
                ]
            },
            Price.ALARM,
            2,
        ),
        (
            {
                "Metrics": [
                    {"Id": "m", "MetricStat": {"Metric": metric(), "Period": 300}},
                    {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
                ]
            },
            Price.ALARM,
            3,
        ),
    ],
)
def test_alarm_cost_counts_metrics(properties, price, metrics):
    """An alarm costs by the metrics in it."""
    (use,) = uses_of_alarms(templates(Alarm=alarm(**properties)))
    assert (use.price, use.quantity) == (price, metrics)


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ([], "AWS::CloudWatch::Alarm Alarm of stack names no metric"),
        ([{"Id": "q", "Expression": "SELECT MAX(up) FROM JunkOS"}], "as many metrics as 'SELECT MAX"),
        ([{"Id": "q", "Expression": "SEARCH('{JunkOS}', 'Sum')"}], "as many metrics as"),
    ],
)
def test_uncountable_alarm_is_named(metrics, message):
    """An alarm whose metrics cannot be counted is named."""
    with pytest.raises(CostError, match="Alarm of stack") as error:
        list(uses_of_alarms(templates(Alarm=alarm(Metrics=metrics))))
    assert message in str(error.value)


def test_unpriced_resource_is_named():
    """A resource whose cost nobody knows is named."""
    with pytest.raises(CostError, match="AWS::EC2::NatGateway Gateway of stack: say in cost/kinds"):
        month_of(templates(Gateway=of("AWS::EC2::NatGateway")), ASSUMED)


def test_unknown_metric_is_named():
    """A metric that is not in the vocabulary is named."""
    with pytest.raises(CostError, match="metric mood is not in the vocabulary"):
        bill(Alarm=alarm(**metric("mood")))


def test_metric_is_paid_once_per_dimensions():
    """A metric is paid once for each set of dimensions however many look at it."""
    one, other = metric(endpoint="a"), metric(endpoint="b")
    used = bill(A=alarm(**one), B=alarm(**one), C=alarm(**other), D=alarm(**metric("CPUUtilization", "AWS/RDS")))
    assert used[Price.METRIC] == 2
    assert used[Price.ALARM] == 4


def test_trouble_metric_is_paid_by_hours():
    """A metric of trouble is paid by the hours of trouble."""
    assert bill(Alarm=alarm(**metric("deadlocks")))[Price.METRIC] == ASSUMED.trouble_hours / HOURS


def test_unwatched_metric_is_paid():
    """What a function publishes is paid though nobody looks at it."""
    used = bill(F=function(), S=schedule("F"))
    assert used[Price.METRIC] == 2  # two ages: without an instance there is no third


def test_scraped_series_is_paid_by_its_combinations():
    """Whoever looks at it: the name is the backend's own, and in no vocabulary."""
    series = (Series("lag_seconds", Kind.GAUGE), Series("requests_total", Kind.COUNTER, ("route",), 20))
    sources = json.dumps(encode((Source("api", "https://api.example/metrics", series),)))
    scraper = function("prometheus_scrape", Environment={"Variables": {"SOURCES": sources}})
    looked_at = alarm(**metric("lag_seconds", "JunkOS/Prometheus", job="api"))
    used = bill(F=scraper, S=schedule("F"), A=looked_at)
    assert used[Price.METRIC] == pytest.approx(1 + 20 + ASSUMED.trouble_hours / HOURS)  # and that of its faults


def test_runs_follow_the_schedule():
    """A function runs as often as its schedule says."""
    used = bill(F=function(), S=schedule("F", "rate(5 minutes)"))
    assert used[Price.FUNCTION_REQUESTS] == pytest.approx(8760)
    assert used[Price.FUNCTION_TIME_ARM] == pytest.approx(8760 * 3)


def test_unassumed_function_takes_its_timeout(monkeypatch):
    """A function of which nothing is assumed takes all of its timeout."""
    monkeypatch.setattr("cost.functions.RUNS", {})
    assert bill(F=function(), S=schedule("F"))[Price.FUNCTION_TIME_ARM] == pytest.approx(730 * 60)


def test_function_without_trigger_is_named():
    """A function that nothing sets going is named."""
    with pytest.raises(CostError, match="Function F of stack runs for no reason that is known"):
        bill(F=function())


def test_a_trigger_in_another_stack_is_followed():
    output = {"Value": {"Fn::GetAtt": ["F", "Arn"]}}
    consumer = of(
        "AWS::Scheduler::Schedule",
        Name="s",
        ScheduleExpression="rate(1 hour)",
        Target={"Arn": {"Fn::GetStackOutput": {"StackName": "one", "OutputName": "F"}}},
    )
    both = Templates(
        {"one": {"Resources": {"F": function()}, "Outputs": {"F": output}}, "two": {"Resources": {"S": consumer}}}
    )
    items = {item.price: item.quantity for item in month_of(both, ASSUMED).environment.items}
    assert items[Price.FUNCTION_REQUESTS] == pytest.approx(730)


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        (of("AWS::Logs::LogGroup", LogGroupName="/somebody/else", RetentionInDays=30), "(/somebody/else): say in"),
        (of("AWS::SNS::Subscription", Protocol="firehose", Endpoint="x"), "delivers by 'firehose'"),
        (of("AWS::Lambda::Function", Handler="index.handler"), "is no function of ours"),
    ],
)
def test_unknown_use_is_named(resource, message):
    """What is used nobody knows how much is named."""
    topic = of("AWS::SNS::Topic", TopicName="t")
    with pytest.raises(CostError) as error:
        bill(Topic=topic, Thing=resource)
    assert message in str(error.value)


def test_log_is_paid_in_three_ways():
    """A log is paid when it is written kept and masked."""
    kept = {"LogGroupName": "/junkos/prod/backend", "RetentionInDays": 30}
    used = bill(Log=of("AWS::Logs::LogGroup", **kept, DataProtectionPolicy={"Name": "x"}))
    assert used[Price.LOGS_WRITTEN] == used[Price.LOGS_MASKED] == pytest.approx(1.2, abs=0.05)
    assert used[Price.LOGS_KEPT] < used[Price.LOGS_WRITTEN]


def dashboard(metrics):
    drawn = [["JunkOS", "up", "endpoint", str(one)] for one in range(metrics)]
    body = {"widgets": [{"properties": {"metrics": drawn}}]}
    text = {"Fn::Join": ["", [json.dumps(body)[:-1], ', "at": "', {"Ref": "AWS::Region"}, '"}']]}
    return templates(D=of("AWS::CloudWatch::Dashboard", DashboardName="d", DashboardBody=text))


@pytest.mark.parametrize(("metrics", "price"), [(50, Price.DASHBOARD), (51, Price.LARGE_DASHBOARD)])
def test_large_dashboard_is_not_free(metrics, price):
    """A dashboard of more than fifty metrics is not among the free ones."""
    (use,) = uses_of_dashboards(dashboard(metrics))
    assert (use.price, use.quantity) == (price, 1)


def test_guardduty_stands_for_itself():
    month = month_of(templates(D=of("AWS::GuardDuty::Detector")), ASSUMED)
    assert month.guardduty.listed > 0
    assert {item.price.value.service for item in month.environment.items} == {"cloudwatch"}


def test_the_database_is_named_and_not_counted():
    month = month_of(templates(D=of("AWS::RDS::DBInstance", ManageMasterUserPassword=True)), ASSUMED)
    assert "the PostgreSQL instance" in month.besides[0]
    assert {item.price for item in month.environment.items} == {Price.LOGS_QUERIED}


def test_free_tier_is_subtracted_once():
    """What is free for ever is taken off once."""
    item = Item(Price.ALARM, (Use(Price.ALARM, 7, "a"), Use(Price.ALARM, 8, "b")))
    assert (item.listed, item.due) == (pytest.approx(1.5), pytest.approx(0.5))
    assert Item(Price.ALARM, (Use(Price.ALARM, 7, "a"),)).due == 0


def test_an_assumption_is_changed_by_name():
    assert ASSUMED.with_values(["requests_per_day=5e6"]).requests_per_day == 5e6


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("requests=1", "there is no 'requests' (there are: alerts, database_log_bytes_per_day"),
        ("alerts=many", "'many' is not a number"),
        ("alerts", "'' is not a number"),
        ("alerts=-1", "must not be negative"),
        ("alerts=nan", "must not be negative"),
    ],
)
def test_invalid_assumption_is_refused(text, message):
    """An assumption that is none is refused in one line."""
    with pytest.raises(CostError) as error:
        ASSUMED.with_values([text])
    assert message in str(error.value)


def test_table_replaces_documents_block():
    """The table is put where the document has its block."""
    document = "# Cost\n\n```text\nold\n```\n\nMore.\n"
    assert put_into(document, "new") == "# Cost\n\n```text\nnew\n```\n\nMore.\n"


def test_details_explain_each_line():
    """Details say what each line is made of."""
    month = month_of(templates(A=alarm(**metric(endpoint="api"))), ASSUMED)
    lines = report("prod", month, details=True).splitlines()
    assert any("up of api, in 730 hours" in line for line in lines)
    assert "up of api" not in report("prod", month, details=False)


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (3, "3"), (54932.2, "54,932"), (9.34, "9.3"), (0.0041, "0.0041")]
)
def test_three_digits_are_enough(value, shown):
    assert rounded(value) == shown


@pytest.mark.parametrize(("number", "numbers"), [("+14155550100", 1), ("+491701234567", None)])
def test_us_text_messages_need_paid_number(number, numbers):
    """Text messages to the us need a number that costs."""
    topic = of("AWS::SNS::Topic", TopicName="critical")
    texted = of("AWS::SNS::Subscription", Protocol="sms", Endpoint=number, TopicArn={"Ref": "Topic"})
    assert bill(Topic=topic, Text=texted, Another=texted).get(Price.SMS_NUMBER) == numbers


def test_the_bill_as_a_document():
    instance = of("AWS::RDS::DBInstance", ManageMasterUserPassword=True)
    month = month_of(templates(A=alarm(**metric()), D=instance), ASSUMED)
    found = document("prod", month)
    assert (found["environment"], found["currency"]) == ("prod", "USD")
    assert found["besides_database"]["list_price"] == month.environment.listed
    assert [{"what": "a", "quantity": 1}] in [item["uses"] for item in found["besides_database"]["items"]]
    assert found["guardduty"] == {"list_price": 0, "less_free": 0, "items": []}
    assert found["not_counted"] == list(month.besides)
    assert json.loads(json.dumps(found)) == found


def large_runs(instance_type="m7g.xlarge", *, share=2.25):
    """The state machine of a proof with its functions and its launch template, by a schedule, and the backup."""
    backup = {"Variables": {"FUNCTION_LIMIT_BYTES": "50000000000", "PROVABLE_BYTES": "8000000000"}}
    job = f'"disk_gb":30,"disk_share":{share}'
    named = [{"Fn::GetAtt": [name, "Arn"]} for name in ("Proof", "LargeRun", "Template")]
    return {
        "Backup": function("database_backup", Environment=backup),
        "Nightly": schedule("Backup", MONTHLY),
        "Proof": function("restore_verification"),
        "LargeRun": function("large_run"),
        "Reap": schedule("LargeRun"),
        "Template": of("AWS::EC2::LaunchTemplate", LaunchTemplateData={"InstanceType": instance_type}),
        "Machine": of(
            "AWS::StepFunctions::StateMachine",
            StateMachineName="restore_verification",
            DefinitionString={"Fn::Join": ["", ["{" + job, *named, "}"]]},
        ),
        "Schedule": schedule("Machine", MONTHLY),
    }


def test_state_machine_runs_the_function_that_it_is_called_as():
    """And nothing else is paid for, as long as the database is small."""
    used = bill(**large_runs())
    runs = runs_a_month(MONTHLY)
    assert used[Price.FUNCTION_REQUESTS] == pytest.approx(2 * runs + HOURS)
    assert used[Price.STATE_TRANSITIONS] == pytest.approx(4 * runs)
    assert Price.INSTANCE not in used


@pytest.mark.parametrize(("instance_type", "factor"), [("m7g.xlarge", 1), ("m7g.2xlarge", 2), ("m7i.large", 0.6176)])
def test_large_run_is_paid_for_by_its_hours(instance_type, factor):
    assumed = ASSUMED.with_values(["database_size_bytes=100e9"])
    month = month_of(templates(**large_runs(instance_type)), assumed)
    used = {item.price: item.quantity for item in month.environment.items}
    runs, hours = runs_a_month(MONTHLY), 0.1 + 100e9 / 80e6 / 3600
    assert used[Price.INSTANCE] == pytest.approx(runs * hours * factor, rel=1e-3)
    assert used[Price.INSTANCE_DISK] == pytest.approx(runs * hours / HOURS * 255)
    assert used[Price.INSTANCE_DISK_SPEED] == pytest.approx(runs * hours / HOURS * 375)


def test_instance_of_unknown_cost_is_refused():
    """Once it is used."""
    resources = large_runs("z9.large")
    assert Price.INSTANCE not in bill(**resources)
    with pytest.raises(CostError, match=r"z9.large: say in cost/large_runs.py"):
        month_of(templates(**resources), ASSUMED.with_values(["database_size_bytes=100e9"]))


def drills(size="t4g.small", **properties):
    """The state machine of point-in-time drills with its function."""
    variables = {"Variables": {"INSTANCE_CLASS": size}}
    return {
        "Drill": function("point_in_time_drill", Environment=variables),
        "Machine": of(
            "AWS::StepFunctions::StateMachine",
            DefinitionString={"Fn::Join": ["", ["{", {"Fn::GetAtt": ["Drill", "Arn"]}, "}"]]},
        ),
        **properties,
    }


def test_drill_is_paid_for_by_the_hours_of_its_instance():
    used = bill(**drills(Schedule=schedule("Machine", MONTHLY)))
    runs = runs_a_month(MONTHLY)
    assert used[Price.DRILL_INSTANCE] == pytest.approx(2 * runs)  # GiB, for an hour each
    assert used[Price.DRILL_STORAGE] == pytest.approx(20 / HOURS * runs)
    assert used[Price.STATE_TRANSITIONS] == pytest.approx(366 * runs)


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (drills(), "runs for no reason that is known"),
        (
            drills("z9.large", Schedule=schedule("Machine", MONTHLY)),
            "z9.large is not in the table of RDS classes",
        ),
    ],
)
def test_drill_of_unknown_cost_is_refused(resources, message):
    with pytest.raises(CostError, match=message):
        bill(**resources)
