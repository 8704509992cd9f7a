"""The home page of `make up`: what is firing, what came back of backups, and what people were sent."""
