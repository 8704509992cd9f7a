"""Who acted, in words that distinguish any two: a shared name would hide one behind the other.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from collections.abc import Mapping
from typing import Any

Identity = Mapping[str, Any]


def actor_of(record: Mapping[str, Any]) -> str:
    """Such as `root`, `user anna`, `role deploy (session anna)`; of another account, with its number."""
    identity = record["userIdentity"]
    account = identity.get("accountId")
    foreign = account and account != record.get("recipientAccountId", account)
    return f"{_name_of(identity)}{f' of account {account}' if foreign else ''}"


def _name_of(identity: Identity) -> str:  # noqa: PLR0911  (one for each type)
    match identity.get("type"):
        case "Root":
            return "root"
        case "IAMUser":
            return f"user {identity.get('userName', 'unknown')}"
        case "AssumedRole":
            return f"role {_issuer(identity)} (session {_last_part(identity)})"
        case "FederatedUser":
            return f"federated user {_last_part(identity)} (of {_issuer(identity)})"
        case "WebIdentityUser" | "SAMLUser":
            return f"{_external(identity)} (by {identity.get('identityProvider', 'an unknown provider')})"
        case "IdentityCenterUser":
            return f"user {(identity.get('onBehalfOf') or {}).get('userId', 'unknown')} of IAM Identity Center"
        case kind:
            known = identity.get("invokedBy") or identity.get("arn") or identity.get("principalId")
            return str(known or kind)


def _issuer(identity: Identity) -> str:
    """The role or user whose rights the session has, and from where it was given them."""
    context = identity.get("sessionContext") or {}
    name = str((context.get("sessionIssuer") or {}).get("userName", "unknown"))
    provider = (context.get("webIdFederationData") or {}).get("federatedProvider")
    source = context.get("sourceIdentity")
    return name + "".join(f" from {origin}" for origin in (provider, source) if origin)


def _external(identity: Identity) -> str:
    """The name at the provider; without one, the principal, at whose end the subject stands."""
    return str(identity.get("userName") or identity.get("principalId") or "unknown")


def _last_part(identity: Identity) -> str:
    arn = str(identity.get("arn") or identity.get("principalId") or "")
    return arn.rpartition("/")[2].rpartition(":")[2] or "unknown"
