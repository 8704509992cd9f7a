"""What an operator does with backups, one command each: `python -m ops.backup <environment> <command>`."""
