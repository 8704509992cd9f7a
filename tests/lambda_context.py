"""What Lambda hands to a handler beside the event, for tests that hold its clock."""

from types import SimpleNamespace


def lambda_context(*milliseconds_left: int) -> SimpleNamespace:
    """A context that says, each time that it is asked, how much is left: these in turn."""
    left = iter(milliseconds_left)
    return SimpleNamespace(
        function_name="junkos-test-database-backup",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:us-east-1:111122223333:function:f",
        aws_request_id="1",
        get_remaining_time_in_millis=lambda: next(left),
    )
