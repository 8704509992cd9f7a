"""What CloudWatch Logs masks in every log group, whoever wrote it: the second line behind the functions' own logger.

What is masked here is masked for saved queries, metric filters and subscriptions too: a filter never sees the e-mail
address by which somebody failed to log in.  A secret that is found by its name takes the name with it, so that such a
line is no JSON any more and no filter on a field counts it.

It is the coarser of the two: a policy takes ten expressions of 200 characters without groups.  What the functions and
the log contract's validator know beyond these is in `lambdas/shared/masking`.
"""

from aws_cdk import aws_logs

_VALUE = "[^ ,;}]"
_BETWEEN = r"[^\w,]"  # without the comma: what follows `"message":"wrong password","` is the next field


def _named(name: str, between: str) -> str:
    """A secret that is found by its name: `name=value`, or `"name": "value"` with so many characters `between`."""
    return rf"{name}=\W?{_VALUE}+|{name}{_BETWEEN}{between}\w{_VALUE}*"


# A service's expression has 200 characters at most, and neither brackets for groups nor quotes nor colons: `\W` stands
# for those.  One blank between name and value is no assignment: PostgreSQL says "password authentication failed".
EXPRESSIONS = {
    "Password": _named("[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]", "{2,4}"),
    "Token": _named("[Tt][Oo][Kk][Ee][Nn]", "{3,4}"),
    "Secret": _named("[Ss][Ee][Cc][Rr][Ee][Tt]", "{3,4}"),
    "ApiKey": _named("[Aa][Pp][Ii][_-]?[Kk][Ee][Yy]", "{2,4}"),
    "UrlPassword": r"[a-z]+\W//[^ /@,]*\W[^ /@,]+@",
    "BearerToken": r"[Bb]earer +[\w.+/=-]{8,}",
    "JsonWebToken": r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*",
    "AwsAccessKey": r"A[KS]IA[A-Z0-9]{16}",
    "ServiceToken": r"[spr]k_live_\w{8,}|gh[pousr]_\w{20,}|xox[abprs]-[\w-]{8,}|hooks\.slack\.com/[a-z]+/[\w/-]+",
    "VendorToken": r"github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|AIza[\w-]{30,}|sk-[a-z]+-[\w-]{16,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|xapp-[\w-]{8,}|discord\.com/api/webhooks/\d+/[\w-]+",
}
_MANAGED = (
    aws_logs.DataIdentifier.EMAILADDRESS,
    aws_logs.DataIdentifier.CREDITCARDNUMBER,
    aws_logs.DataIdentifier.CREDITCARDSECURITYCODE,
    aws_logs.DataIdentifier.AWSSECRETKEY,
    aws_logs.DataIdentifier.OPENSSHPRIVATEKEY,
    aws_logs.DataIdentifier.PGPPRIVATEKEY,
    aws_logs.DataIdentifier.PKCSPRIVATEKEY,
    aws_logs.DataIdentifier.PUTTYPRIVATEKEY,
)


def protection() -> aws_logs.DataProtectionPolicy:
    """Findings go nowhere: AWS counts them in a metric of its own, `LogEventsWithFindings`, without a copy."""
    custom = [aws_logs.CustomDataIdentifier(name, expression) for name, expression in EXPRESSIONS.items()]
    return aws_logs.DataProtectionPolicy(name="secrets", identifiers=[*_MANAGED, *custom])
