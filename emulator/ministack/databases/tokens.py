"""IAM tokens that are shown to a database instead of a password."""

from dataclasses import dataclass
from typing import Any

from ministack import app
from ministack.core import iam_evaluator, rds_iam
from ministack.core.responses import request_scope
from ministack.services import rds


@dataclass(frozen=True)
class Target:
    """The instance that is logged in to."""

    account: str
    region: str
    identifier: str

    def admits(self, token: str, user: str) -> bool:
        """Whether the token was signed for this endpoint and user by somebody who may connect as that user.

        Permissions count only while the account enforces them.
        """
        instance = rds._instances.get_scoped(self.account, self.region, self.identifier)
        if not instance or not instance.get("IAMDatabaseAuthenticationEnabled"):
            return False
        endpoint = instance["Endpoint"]
        verified = rds_iam.verify_rds_iam_token(
            token,
            hostname=endpoint["Address"],
            port=int(endpoint["Port"]),
            db_user=user,
            region=self.region,
            account_id=self.account,
        )
        if isinstance(verified, rds_iam.RdsIamTokenError):
            return False
        return not app.AUTH or self._allows(verified, f"{instance['DbiResourceId']}/{user}")

    def _allows(self, verified: Any, user: str) -> bool:
        with request_scope(self.account, self.region):
            principal = iam_evaluator.resolve_principal(verified.access_key_id, self.account)
            if isinstance(principal, iam_evaluator.AuthError):
                return False
            if principal.policies is None:  # the root user
                return True
            context = iam_evaluator.EvalContext(
                principal_arn=principal.arn,
                principal_type=principal.type,
                principal_account=self.account,
                action="rds-db:connect",
                resource_arn=f"arn:aws:rds-db:{self.region}:{self.account}:dbuser:{user}",
                region=self.region,
                principal_keys=principal.keys,
            )
            decision = iam_evaluator.evaluate(context, principal.policies, *principal.limits).decision
            return bool(decision == "Allow")
