"""The CDK's metrics as plain values."""

from aws_cdk import Reference, Token, Tokenization, aws_cloudwatch, aws_lambda, aws_rds, aws_sqs

from stacks.dashboard.definition import Formula, Line, Series


def line_of(metric: aws_cloudwatch.IMetric, label: str = "") -> Line:
    """Raises TypeError for a metric of a resource whose name at AWS is not known at synthesis."""
    config = metric.to_metric_config()
    if formula := config.math_expression:
        parts = [(name, line_of(part)) for name, part in formula.using_metrics.items()]
        series = tuple((name, part) for name, part in parts if isinstance(part, Series))
        if len(series) < len(parts):
            raise TypeError(f"{formula.expression!r} is made of formulas: write it as one")
        label = label or str((config.rendering_properties or {}).get("label", ""))
        return Formula(formula.expression, series, int(formula.period or 300), label)
    stat = config.metric_stat
    if stat is None:
        raise TypeError(f"{metric} is neither a metric nor a formula")
    dimensions = tuple((one.name, _physical(one.value)) for one in stat.dimensions or ())
    return Series(
        stat.namespace, stat.metric_name, dimensions, stat.statistic, int(stat.period.to_seconds()), label=label
    )


def _physical(value: object) -> str:
    """A name as AWS will know it: Grafana cannot resolve a reference, and one across stacks would tie them together."""
    text = str(value)
    if not Token.is_unresolved(text):
        return text
    reference = Tokenization.reverse_string(text).first_token
    if isinstance(reference, Reference):
        name = _name_of(reference.target)
        if isinstance(name, str) and not Token.is_unresolved(name):
            return name
    raise TypeError(f"a dimension refers to {reference}, whose name is not known at synthesis: give it one")


def _name_of(resource: object) -> object:
    match resource:
        case aws_lambda.CfnFunction():
            return resource.function_name
        case aws_sqs.CfnQueue():
            return resource.queue_name
        case aws_rds.CfnDBInstance():
            return resource.db_instance_identifier
    return None
