"""What `make run` shows: the story, the sample backend, and the inboxes of the people who are alerted."""
