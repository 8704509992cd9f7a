"""The size of the database."""

from lambdas.database_check.check import Check

DATABASE_SIZE = Check(
    name="database_size",
    meaning="All files of the database.",
    sql="SELECT pg_database_size(current_database()) AS bytes",
)
