import psycopg2
import pytest

from lambdas.database_check.unreachable import Kind, UnreachableError, kind_of

AT = 'connection to server at "db.example.com" (10.0.0.1), port 5432 failed: '
SAID = {
    f"{AT}Connection refused\n\tIs the server running on that host?": Kind.REFUSED,
    f"{AT}timeout expired": Kind.TIMEOUT,
    f"{AT}No route to host": Kind.TIMEOUT,
    'could not translate host name "db" to address: Name or service not known': Kind.UNKNOWN_HOST,
    f'{AT}FATAL:  password authentication failed for user "app"': Kind.WRONG_PASSWORD,
    f'{AT}FATAL:  PAM authentication failed for user "junkos_monitor"': Kind.WRONG_PASSWORD,
    f"{AT}fe_sendauth: no password supplied": Kind.WRONG_PASSWORD,
    f"{AT}SSL error: certificate verify failed": Kind.TLS,
    f"{AT}server does not support SSL, but SSL was required": Kind.TLS,
    'server certificate for "other" does not match host name "db"': Kind.TLS,
    f'{AT}FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "app", database "x", no encryption': Kind.TLS,
    f'{AT}FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "app", database "x", SSL encryption': Kind.NOT_LET_IN,
    f"{AT}FATAL:  sorry, too many clients already": Kind.TOO_MANY_CONNECTIONS,
    f'{AT}FATAL:  too many connections for role "app"': Kind.TOO_MANY_CONNECTIONS,
    f"{AT}FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute": (
        Kind.TOO_MANY_CONNECTIONS
    ),
    f"{AT}FATAL:  the database system is starting up": Kind.STARTING_UP,
    f"{AT}FATAL:  the database system is not yet accepting connections": Kind.STARTING_UP,
    f"{AT}FATAL:  the database system is shutting down": Kind.STARTING_UP,
    f'{AT}FATAL:  database "nowhere" does not exist': Kind.UNKNOWN_LOGIN_OR_DATABASE,
    f'{AT}FATAL:  role "nobody" is not permitted to log in': Kind.UNKNOWN_LOGIN_OR_DATABASE,
    "server closed the connection unexpectedly": Kind.CONNECTION_LOST,
    f"{AT}FATAL:  unsupported startup parameter: options": Kind.POOLER,
    f"{AT}FATAL:  unsupported startup parameter in options: search_path": Kind.POOLER,
    f"{AT}FATAL:  Feature not supported: RDS Proxy currently doesn't support command-line options.": Kind.POOLER,
    f"{AT}FATAL:  transaction blocks not allowed in statement pooling mode": Kind.POOLER,
    f"{AT}FATAL:  no such database: nowhere": Kind.UNKNOWN_LOGIN_OR_DATABASE,
    f"{AT}FATAL:  no more connections allowed (max_client_conn)": Kind.TOO_MANY_CONNECTIONS,
    f"{AT}FATAL:  query_wait_timeout": Kind.TOO_MANY_CONNECTIONS,
    f"{AT}FATAL:  pgbouncer cannot connect to server": Kind.REFUSED,
    f"{AT}FATAL:  server login has been failing, connect failed (server_login_retry)": Kind.REFUSED,
    "SSL SYSCALL error: EOF detected": Kind.CONNECTION_LOST,
    "SSL error: unexpected eof while reading": Kind.CONNECTION_LOST,
    'connection to server at "tls-certificate.example.com", port 5432 failed: Connection refused': Kind.REFUSED,
    "terminating connection due to administrator command": Kind.CONNECTION_LOST,
    f"{AT}FATAL:  die Datenbank ist nicht da": Kind.OTHER,
    # Two addresses: the one that answered knows more.
    f"{AT}Connection refused\n{AT}FATAL:  the database system is starting up": Kind.STARTING_UP,
}


@pytest.mark.parametrize("text", SAID)
def test_the_servers_words_stand_for_a_kind(text):
    assert kind_of(text) is SAID[text]


def test_message_hides_password():
    """The message is one line without the password."""
    text = f'{AT}FATAL:  password authentication failed for user "s3cret"\n{AT}again'
    error = UnreachableError.of(psycopg2.OperationalError(text), "s3cret")
    assert "s3cret" not in str(error)
    assert "\n" not in str(error)
