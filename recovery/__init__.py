"""What an operator does with backups, one command each: `python -m recovery <environment> <command>`."""
