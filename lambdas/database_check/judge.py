"""What the measurements mean together."""

from collections.abc import Iterator

from lambdas.database_check.measure import Measured
from lambdas.database_check.rules import RULES, Judgement
from lambdas.database_check.settings import Settings
from lambdas.vocabulary.levels import Level


def judge(measured: Measured, settings: Settings) -> list[Judgement]:
    """Everything that is over its threshold, the worst first; what could not be measured is not passed over."""
    found = [judgement for rule in RULES for judgement in rule(measured.values, settings)]
    found += _unmeasured(measured)
    return sorted(found, key=lambda judgement: list(Level).index(judgement.level))


def _unmeasured(measured: Measured) -> Iterator[Judgement]:
    for statement, names in measured.missing_grants.items():
        yield Judgement("missing_grant", Level.LOW, f"cannot see all of {', '.join(names)}: {statement}")
    for name, reason in measured.failed.items():
        yield Judgement("not_measured", Level.LOW, f"{name} was not measured: {reason}")
