"""Filter patterns of CloudWatch Logs: terms, space-delimited fields, JSON.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from functools import lru_cache

from emulator.cloudwatch.log_patterns import fields, json_fields, terms
from emulator.cloudwatch.log_patterns.match import Pattern


@lru_cache(maxsize=1024)
def read(pattern: str) -> Pattern:
    """What a pattern finds in a line; raises PatternError when CloudWatch Logs would refuse it."""
    text = pattern.strip()
    if text.startswith("{"):
        return json_fields.read(text)
    if text.startswith("["):
        return fields.read(text)
    return terms.read(text)
