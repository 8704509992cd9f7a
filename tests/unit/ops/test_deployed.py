"""What a deployment says last."""

import pytest

from lambdas.vocabulary.consoles import console_of
from stacks.deployed import addresses

OUTPUTS = {
    "junkos-prod-monitoring": {"DashboardUrl": "https://console.example/d", "BackendLogGroup": "/junkos/prod/backend"},
    "junkos-prod-uptime": {"StatusPageUrl": "https://d1.cloudfront.net"},
}


def test_the_addresses_of_status_page_and_dashboard():
    assert list(addresses(OUTPUTS)) == [
        "status page: https://d1.cloudfront.net",
        "dashboard: https://console.example/d",
    ]


def test_no_status_page_no_address():
    without = {name: it for name, it in OUTPUTS.items() if name != "junkos-prod-uptime"}
    assert list(addresses(without)) == ["dashboard: https://console.example/d"]


@pytest.mark.parametrize(
    ("partition", "host"),
    [
        ("aws", "console.aws.amazon.com"),
        ("aws-cn", "console.amazonaws.cn"),
        ("aws-us-gov", "console.amazonaws-us-gov.com"),
    ],
)
def test_the_console_of_each_partition(partition, host):
    assert console_of(partition) == host
