"""What `make run` shows, part by part; every claim is checked before it is printed."""
