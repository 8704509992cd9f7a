"""Events as GuardDuty and CloudTrail send them, in the form of AWS's documentation; names and ids are made up."""

ACCOUNT, REGION = "111122223333", "eu-central-1"
DETECTOR = "12abc34d567e8fa901bc2d34e56789f0"
FROM = {
    "ipAddressV4": "198.51.100.7",
    "organization": {"asn": "64500", "asnOrg": "Example", "isp": "Example", "org": "Example Hosting"},
    "country": {"countryName": "Norway"},
    "city": {"cityName": "Oslo"},
    "geoLocation": {"lat": 59.9, "lon": 10.7},
}
KEY_DETAILS = {"accessKeyId": "ASIAEXAMPLE", "principalId": "AROAEXAMPLE", "userType": "Role", "userName": "deploy"}

# By the type of the finding: its title, its severity, the resource and the action.
FINDINGS = {
    "UnauthorizedAccess:EC2/SSHBruteForce": (
        "198.51.100.7 is performing SSH brute force attacks against i-0123456789abcdef0.",
        2,
        {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-0123456789abcdef0"}},
        {
            "actionType": "NETWORK_CONNECTION",
            "networkConnectionAction": {"connectionDirection": "INBOUND", "remoteIpDetails": FROM, "blocked": False},
        },
    ),
    "Backdoor:EC2/C&CActivity.B": (
        "i-0123456789abcdef0 is communicating with a command and control server.",
        8,
        {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-0123456789abcdef0"}},
        {
            "actionType": "NETWORK_CONNECTION",
            "networkConnectionAction": {"connectionDirection": "OUTBOUND", "remoteIpDetails": FROM},
        },
    ),
    "CryptoCurrency:EC2/BitcoinTool.B!DNS": (
        "i-0123456789abcdef0 is querying a domain of a crypto-currency pool.",
        8,
        {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-0123456789abcdef0"}},
        {"actionType": "DNS_REQUEST", "dnsRequestAction": {"domain": "pool.example", "protocol": "UDP"}},
    ),
    "Recon:EC2/PortProbeUnprotectedPort": (
        "An unprotected port of i-0123456789abcdef0 is being probed.",
        2,
        {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-0123456789abcdef0"}},
        {
            "actionType": "PORT_PROBE",
            "portProbeAction": {
                "portProbeDetails": [{"localPortDetails": {"port": 5432}, "remoteIpDetails": FROM}],
                "blocked": False,
            },
        },
    ),
    "Discovery:IAMUser/AnomalousBehavior": (
        "User deploy is anomalously invoking APIs commonly used in Discovery tactics.",
        2,
        {"resourceType": "AccessKey", "accessKeyDetails": KEY_DETAILS},
        {
            "actionType": "AWS_API_CALL",
            "awsApiCallAction": {
                "api": "DescribeDBInstances",
                "serviceName": "rds.amazonaws.com",
                "callerType": "Remote IP",
                "remoteIpDetails": FROM,
            },
        },
    ),
    "Exfiltration:S3/AnomalousBehavior": (
        "User deploy is anomalously reading objects of an S3 bucket.",
        8,
        {
            "resourceType": "S3Bucket",
            "accessKeyDetails": KEY_DETAILS,
            "s3BucketDetails": [{"arn": "arn:aws:s3:::backups", "name": "backups"}],
        },
        {"actionType": "AWS_API_CALL", "awsApiCallAction": {"api": "GetObject", "remoteIpDetails": FROM}},
    ),
    "CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce": (
        "A user logged in to a database after a pattern of failed logins.",
        8,
        {
            "resourceType": "RDSDBInstance",
            "rdsDbInstanceDetails": {"dbInstanceIdentifier": "junkos-prod-database", "engine": "postgres"},
            "rdsDbUserDetails": {"user": "junkos", "application": "psql", "database": "junkos", "ssl": "on"},
        },
        {"actionType": "RDS_LOGIN_ATTEMPT", "rdsLoginAttemptAction": {"remoteIpDetails": FROM}},
    ),
    "UnauthorizedAccess:Lambda/TorClient": (
        "A Lambda function is connecting to the Tor network.",
        8,
        {"resourceType": "Lambda", "lambdaDetails": {"functionName": "orders", "functionArn": "arn:aws:lambda:…"}},
        {
            "actionType": "NETWORK_CONNECTION",
            "networkConnectionAction": {"connectionDirection": "OUTBOUND", "remoteIpDetails": FROM},
        },
    ),
    "PrivilegeEscalation:Kubernetes/PrivilegedContainer": (
        "A privileged container was launched in an EKS cluster.",
        5,
        {"resourceType": "EKSCluster", "eksClusterDetails": {"name": "orders"}},
        {"actionType": "KUBERNETES_API_CALL", "kubernetesApiCallAction": {"verb": "create", "remoteIpDetails": FROM}},
    ),
    "Execution:ECS/MaliciousFile": (
        "A malicious file was found in an ECS task.",
        8,
        {"resourceType": "ECSCluster", "ecsClusterDetails": {"name": "orders"}},
        None,
    ),
    "Execution:Container/MaliciousFile": (
        "A malicious file was found in a container.",
        8,
        {"resourceType": "Container", "containerDetails": {"name": "api", "image": "api:1"}},
        None,
    ),
    "Object:S3/MaliciousFile": (
        "A malicious object was put into a bucket.",
        8,
        {"resourceType": "S3Object", "s3BucketDetails": [{"name": "uploads"}]},
        None,
    ),
    "AttackSequence:IAM/CompromisedCredentials": (
        "A potential credential compromise of a role, indicated by a sequence of actions.",
        9,
        {"resourceType": "AttackSequence"},
        None,
    ),
}


def finding(finding_type, **changes):
    """The event with a sample of a finding; `severity`, `count`, `archived`, `sample`, `identifier` can differ."""
    title, severity, resource, action = FINDINGS[finding_type]
    identifier = changes.get("identifier", "4eb8d7a1c2f34d5e8f90a1b2c3d4e5f6")
    service = {
        "serviceName": "guardduty",
        "detectorId": DETECTOR,
        "resourceRole": "TARGET",
        "additionalInfo": {"sample": True} if changes.get("sample") else {},
        "eventFirstSeen": "2026-11-24T08:00:00.000Z",
        "eventLastSeen": "2026-11-24T09:15:00.000Z",
        "archived": changes.get("archived", False),
        "count": changes.get("count", 1),
    }
    detail = {
        "schemaVersion": "2.0",
        "accountId": ACCOUNT,
        "region": REGION,
        "partition": "aws",
        "id": identifier,
        "arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/{DETECTOR}/finding/{identifier}",
        "type": finding_type,
        "resource": resource,
        "service": {**service, **({"action": action} if action else {})},
        "severity": changes.get("severity", severity),
        "createdAt": "2026-11-24T08:05:00.000Z",
        "updatedAt": "2026-11-24T09:20:00.000Z",
        "title": title,
        "description": f"{title} It is described here at length.",
    }
    return {
        "version": "0",
        "id": "cd2d702e-ab31-411b-9344-793ce56b1bc7",
        "detail-type": "GuardDuty Finding",
        "source": "aws.guardduty",
        "account": ACCOUNT,
        "time": "2026-11-24T09:20:10Z",
        "region": REGION,
        "resources": [],
        "detail": detail,
    }


ROOT = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
ANNA = {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/anna", "userName": "anna", "accountId": ACCOUNT}


def role(name, session="anna"):
    return {
        "type": "AssumedRole",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}",
        "sessionContext": {"sessionIssuer": {"type": "Role", "userName": name}},
    }


def record(service, name, parameters=None, *, by=ANNA, **others):
    """CloudTrail's record of a call."""
    return {
        "eventVersion": "1.11",
        "userIdentity": by,
        "eventTime": "2026-11-24T09:15:00Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": "198.51.100.7",
        "requestParameters": parameters,
        "responseElements": None,
        "eventID": "a1b2c3d4-5678-90ab-cdef-1234567890ab",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
        **others,
    }
