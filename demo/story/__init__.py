"""What `make run` tells, chapter by chapter; every claim in it is checked while it is told."""
