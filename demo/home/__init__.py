"""The home page of `make up`: what is firing, the backups' verdicts, and what people were sent."""
