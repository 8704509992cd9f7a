"""What an operator does with alerts, one command each: `python -m ops.alerts <environment> <command>`."""
