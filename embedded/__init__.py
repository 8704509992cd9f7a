"""The AWS account on this machine: MiniStack, what it lacks, PostgreSQL, and the CDK CLI against it."""
