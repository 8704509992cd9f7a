"""What an operator does with alerts, one command each: `python -m alerts <environment> <command>`."""
