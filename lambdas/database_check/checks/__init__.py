"""Every check, in the order in which they run and are documented."""

from lambdas.database_check.check import Check
from lambdas.database_check.checks.blocked_sessions import BLOCKED_SESSIONS
from lambdas.database_check.checks.checkpoints import CHECKPOINTS
from lambdas.database_check.checks.checksum_failures import CHECKSUM_FAILURES
from lambdas.database_check.checks.connections import CONNECTIONS
from lambdas.database_check.checks.counters import COUNTERS
from lambdas.database_check.checks.database_size import DATABASE_SIZE
from lambdas.database_check.checks.idle_in_transaction import IDLE_IN_TRANSACTION
from lambdas.database_check.checks.input_output import INPUT_OUTPUT
from lambdas.database_check.checks.invalid_indexes import INVALID_INDEXES
from lambdas.database_check.checks.largest_tables import LARGEST_TABLES
from lambdas.database_check.checks.longest_queries import LONGEST_QUERIES
from lambdas.database_check.checks.own_sessions import OWN_SESSIONS
from lambdas.database_check.checks.prepared_transactions import PREPARED_TRANSACTIONS
from lambdas.database_check.checks.replication import REPLICATION
from lambdas.database_check.checks.replication_slots import REPLICATION_SLOTS
from lambdas.database_check.checks.sequences import SEQUENCES
from lambdas.database_check.checks.sessions import SESSIONS
from lambdas.database_check.checks.since_last_check import SINCE_LAST_CHECK
from lambdas.database_check.checks.slow_statements import SLOW_STATEMENTS
from lambdas.database_check.checks.tables_to_vacuum import TABLES_TO_VACUUM
from lambdas.database_check.checks.transaction_ids import TRANSACTION_IDS

CHECKS: tuple[Check, ...] = (
    CONNECTIONS,
    IDLE_IN_TRANSACTION,
    PREPARED_TRANSACTIONS,
    LONGEST_QUERIES,
    OWN_SESSIONS,
    SESSIONS,
    BLOCKED_SESSIONS,
    TRANSACTION_IDS,
    REPLICATION,
    REPLICATION_SLOTS,
    SEQUENCES,
    COUNTERS,
    SINCE_LAST_CHECK,
    CHECKSUM_FAILURES,
    CHECKPOINTS,
    INPUT_OUTPUT,
    SLOW_STATEMENTS,
    TABLES_TO_VACUUM,
    INVALID_INDEXES,
    DATABASE_SIZE,
    LARGEST_TABLES,
)
