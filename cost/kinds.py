"""Which types of resources cost what: a type that stands nowhere here is an error, so that nothing is silently free."""

from cost.errors import CostError
from cost.templates import Templates

COUNTED = {
    "AWS::ApiGatewayV2::Api",
    "AWS::CloudFront::Distribution",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::CloudWatch::InsightRule",
    "AWS::DynamoDB::Table",
    "AWS::EC2::VPCEndpoint",
    "AWS::Events::Rule",
    "AWS::GuardDuty::Detector",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::S3::Bucket",
    "AWS::SNS::Subscription",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Scheduler::Schedule",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
}
FREE = {
    # Descriptions, permissions and addresses: AWS asks nothing for them.
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFormation::WaitConditionHandle",
    "AWS::CloudFront::OriginAccessControl",
    "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Logs::QueryDefinition",
    "AWS::Logs::ResourcePolicy",
    "AWS::Logs::SubscriptionFilter",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    # They work by alarms and metrics that are counted themselves.
    "AWS::CloudWatch::AlarmMuteRule",
    "AWS::CloudWatch::AnomalyDetector",
    # Amazon Q Developer in chat applications tells a channel for nothing.
    "AWS::Chatbot::SlackChannelConfiguration",
}
BESIDES = {
    "AWS::RDS::DBInstance": "the PostgreSQL instance, its storage, backups, Database Insights and master secret",
}
"""The database itself: another bill, which would be there without this system."""
_OF_OURS = "Custom::"
"""Custom resources are runs of functions, which are counted."""


def refuse_unknown(templates: Templates) -> None:
    """Raises CostError with every resource whose type stands nowhere."""
    unknown = [
        str(resource)
        for resource in templates.resources
        if resource.kind not in COUNTED | FREE | BESIDES.keys() and not resource.kind.startswith(_OF_OURS)
    ]
    if unknown:
        raise CostError(f"{', '.join(unknown)}: say in cost/kinds.py whether that costs something")
