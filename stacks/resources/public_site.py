"""A public site of static files: a bucket that nobody reaches but a distribution."""

from aws_cdk import Duration, aws_cloudfront, aws_cloudfront_origins, aws_s3
from constructs import Construct

from lambdas.status_page.headers import (
    CONTENT_SECURITY_POLICY,
    REFERRER_POLICY,
    SECURITY_HEADERS,
    STRICT_TRANSPORT_SECURITY_SECONDS,
)
from lambdas.vocabulary.names import physical_name
from stacks.platform.kept import KEPT
from stacks.platform.nag_suppressions import acknowledge
from stacks.settings import Environment


class PublicSite(Construct):
    """`url` is where the public finds what lies in `bucket`."""

    def __init__(self, scope: Construct, identifier: str, *, environment: Environment) -> None:
        super().__init__(scope, identifier)
        self.bucket = self._bucket()
        distribution = self._distribution(environment)
        self.url = f"https://{distribution.distribution_domain_name}/"

    def _bucket(self) -> aws_s3.Bucket:
        bucket = aws_s3.Bucket(
            self,
            "Bucket",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            removal_policy=KEPT,
        )
        acknowledge(bucket, {"S1": "It holds what the public may read, and only the distribution reads it."})
        return bucket

    def _distribution(self, environment: Environment) -> aws_cloudfront.Distribution:
        distribution = aws_cloudfront.Distribution(
            self,
            "Distribution",
            comment=physical_name(environment, "status-page"),
            default_root_object="index.html",
            http_version=aws_cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=aws_cloudfront.PriceClass.PRICE_CLASS_100,
            default_behavior=aws_cloudfront.BehaviorOptions(
                origin=aws_cloudfront_origins.S3BucketOrigin.with_origin_access_control(self.bucket),
                viewer_protocol_policy=aws_cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                response_headers_policy=self._headers(environment),
            ),
        )
        acknowledge(
            distribution,
            {
                "CFR1": "Whoever uses the API may read its status, wherever they are.",
                "CFR2": "Static files without input; a firewall would cost more than all the rest.",
                "CFR3": "Who reads a public status page is nobody's business.",
                "CFR4": "Names under cloudfront.net have CloudFront's own certificate, whose policy cannot be chosen.",
            },
        )
        return distribution

    def _headers(self, environment: Environment) -> aws_cloudfront.ResponseHeadersPolicy:
        named = {"Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"}
        others = {name: value for name, value in SECURITY_HEADERS.items() if name not in {*named, "Referrer-Policy"}}
        return aws_cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=physical_name(environment, "status-page"),
            security_headers_behavior=aws_cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=aws_cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=CONTENT_SECURITY_POLICY, override=True
                ),
                strict_transport_security=aws_cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.seconds(STRICT_TRANSPORT_SECURITY_SECONDS),
                    include_subdomains=True,
                    override=True,
                ),
                content_type_options=aws_cloudfront.ResponseHeadersContentTypeOptions(override=True),
                frame_options=aws_cloudfront.ResponseHeadersFrameOptions(
                    frame_option=aws_cloudfront.HeadersFrameOption.DENY, override=True
                ),
                referrer_policy=aws_cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=aws_cloudfront.HeadersReferrerPolicy[REFERRER_POLICY.replace("-", "_").upper()],
                    override=True,
                ),
            ),
            custom_headers_behavior=aws_cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    aws_cloudfront.ResponseCustomHeader(header=name, value=value, override=True)
                    for name, value in others.items()
                ]
            ),
        )
