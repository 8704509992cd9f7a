"""What each measurement means; a rule yields one judgement for each object that is over its threshold."""

from lambdas.database_check.rules import ceilings, housekeeping, replication, sessions
from lambdas.database_check.rules.judgement import Judgement, Rule, Values

RULES: tuple[Rule, ...] = (*sessions.RULES, *ceilings.RULES, *replication.RULES, *housekeeping.RULES)

__all__ = ["RULES", "Judgement", "Rule", "Values"]
