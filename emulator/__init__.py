"""AWS on this machine: MiniStack and what it lacks, CloudWatch's evaluation, PostgreSQL, and the CDK CLI."""
