import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.database_check.statement_text import LONGEST, without_constants

STATEMENTS = {
    "SELECT * FROM orders WHERE id = $1 AND email = $2": "SELECT * FROM orders WHERE id = $1 AND email = $2",
    "CREATE ROLE bob PASSWORD 'hunter2'": "CREATE ROLE bob PASSWORD ?",
    "SET application_name = 'o''brien'": "SET application_name = ?",
    "SELECT E'it\\'s', U&'d\\0061ta'": "SELECT ?, …",
    "SELECT B'101', x'ff', N'name'": "SELECT ?, ?, ?",
    "DO $$ BEGIN x := 'secret'; END $$; SELECT 1": "DO ?; SELECT ?",
    "DO $body$ a $$ b $body$ LANGUAGE plpgsql": "DO ? LANGUAGE plpgsql",
    "SELECT 1.5e-10, -3, .5, 0xFF, 1_000": "SELECT ?, -?, ?, ?, ?",
    "SELECT table1.column2 FROM table1": "SELECT table1.column2 FROM table1",
    'SELECT "it\'s ""here"" 1" FROM t': 'SELECT "it\'s ""here"" 1" FROM t',
    "SELECT 1 -- for customer 4711\nFROM t": "SELECT ? FROM t",
    "/* user=bob */ SELECT a/b FROM t": "SELECT a/b FROM t",
    "SELECT 'cut in the mid": "SELECT ?",
    "SELECT a, /* cut": "SELECT a,",
    "SELECT name$1, cost$ FROM t": "SELECT name$1, cost$ FROM t",
    # Where the constant ends depends on a setting of the session: nothing after it can be trusted.
    "SET a = 'b\\' c' 'secret'": "SET a = …",
    "SELECT /* a /* b */ secret */ 1": "SELECT …",
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_constants_and_comments_go_and_names_stay(statement):
    assert without_constants(statement) == STATEMENTS[statement]


SECRET = "sesame"
QUOTED = st.text(st.sampled_from("ab '\"$-/*\n;1"), max_size=8)
CONSTANTS = st.one_of(
    QUOTED.map(lambda text: "'" + (text + SECRET).replace("'", "''") + "'"),
    QUOTED.map(lambda text: "E'" + (SECRET + text).replace("'", "\\'") + "'"),
    QUOTED.filter(lambda text: "$" not in text).map(lambda text: f"$q${text}{SECRET}$q$"),
    QUOTED.filter(lambda text: "$" not in text).map(lambda text: f"$${SECRET}{text}$$"),
    QUOTED.filter(lambda text: "\n" not in text).map(lambda text: f"--{text}{SECRET}\n"),
    QUOTED.filter(lambda text: "/" not in text).map(lambda text: f"/*{text}{SECRET}*/"),
)
WORDS = st.sampled_from(["SELECT", "a1", '"quoted \'name"', "=", "-", "(", ",", "$1", "::text", "E", "12"])


@given(st.lists(st.one_of(CONSTANTS, WORDS), max_size=12))
def test_no_constant_ever_leaves(parts):
    assert SECRET not in without_constants(" ".join(parts))


@given(st.lists(st.one_of(CONSTANTS, WORDS), max_size=12), st.integers(0, 60))
def test_truncated_text_leaks_no_constant(parts, length):
    """No constant leaves a text that was cut."""
    assert SECRET not in without_constants(" ".join(parts)[:length])


def test_a_long_statement_is_cut():
    assert len(without_constants("SELECT " + "a, " * 10_000)) == LONGEST + 1
