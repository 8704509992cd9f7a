"""The threat purposes with which the types of findings begin, as sentences.

https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html
"""

_MEANINGS = {
    "AttackSequence": "Several signs, each of them weak, together look like an attack that is under way.",
    "Backdoor": "Something of ours talks to a server from which attackers give orders.",
    "Behavior": "Something of ours behaves as it never did before.",
    "CredentialAccess": "Somebody tries to get at passwords or keys, or to get in with them.",
    "CryptoCurrency": "Something of ours mines crypto-currency, or talks to those who do.",
    "DefenseEvasion": "Somebody tries not to be detected.",
    "Discovery": "Somebody who may be inside looks around for what there is to take.",
    "Execution": "A program runs that should not.",
    "Exfiltration": "Data may be on its way out.",
    "Impact": "Somebody changes, disturbs or destroys what is ours.",
    "InitialAccess": "Somebody may have got in.",
    "Object": "A file is malicious.",
    "PenTest": "Somebody uses a tool that tests for ways in.",
    "Persistence": "Somebody who may be inside makes sure that they can come back.",
    "Policy": "Something was done that good practice forbids.",
    "PrivilegeEscalation": "Somebody gives themselves more rights than they had.",
    "Recon": "Somebody looks for a way in.",
    "Stealth": "Somebody tries not to be detected.",
    "Trojan": "A malicious program may be at work.",
    "UnauthorizedAccess": "Somebody may use what they have no right to.",
}


def meaning_of(finding_type: str) -> str:
    """What a type such as `Recon:EC2/Portscan` means; nothing for a purpose that is newer than this list."""
    return _MEANINGS.get(finding_type.partition(":")[0], "")
