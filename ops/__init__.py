"""The operator's one command: `ops <environment> <subject> <verb>`."""
