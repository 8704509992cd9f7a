"""What CloudWatch makes of data: statistics, metric maths, alarm states, log patterns. Plain values, no service."""
