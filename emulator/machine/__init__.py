"""An EC2 instance on this machine: its user data runs as a child process, among programs that stand in for those of
Amazon Linux, and everything that it started ends with it."""
