"""The environment file of an RDS instance that exists, from what the account says of it."""
