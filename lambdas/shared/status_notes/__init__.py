"""What people write on the status page: incidents that they publish, and maintenance that they announce."""
