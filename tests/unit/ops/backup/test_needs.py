"""What an archive asks of a target, and its settings, read from the SQL that pg_dump writes."""

import pytest
from psycopg2.sql import SQL

from lambdas.shared.archive_contents import Contents, Entry
from lambdas.shared.restore.database_settings import Setting, comment_of, settings_of
from lambdas.shared.restore.plan import Plan, never_validated
from ops.backup.needs import locks_needed, roles_needed


def contents(*definitions, kind="POLICY"):
    return Contents(
        tuple(
            Entry(number, (0, 0), kind, "public", f"e{number}", definition, frozenset())
            for number, definition in enumerate(definitions, 1)
        )
    )


@pytest.mark.parametrize(
    ("definition", "roles"),
    [
        ("CREATE POLICY p ON public.t USING (true);\n", set()),
        ("CREATE POLICY p ON public.t TO anon USING (true);\n", {"anon"}),
        ('CREATE POLICY "a TO b" ON public.t AS RESTRICTIVE FOR SELECT TO anon, "My ""Role""" WITH CHECK (a);\n',
         {"anon", 'My "Role"'}),
        ("CREATE POLICY p ON public.t FOR DELETE USING ((a = ' TO nobody '::text));\n", set()),
    ],
)  # fmt: skip
def test_the_roles_of_a_policy(definition, roles):
    assert roles_needed(Plan(contents(definition))) == roles


def test_the_roles_of_user_mappings():
    mappings = contents(
        "CREATE USER MAPPING FOR app SERVER s OPTIONS (\n    \"user\" 'x FOR y'\n);\n",
        "CREATE USER MAPPING FOR public SERVER s;\n",
        kind="USER MAPPING",
    )
    assert roles_needed(Plan(mappings)) == {"app"}


def test_tables_take_more_locks_than_their_contents():
    assert locks_needed(contents("", kind="TABLE")) == 4
    assert locks_needed(contents("", kind="TABLE DATA")) == 0


PROPERTIES = """ALTER DATABASE "My shop" CONNECTION LIMIT = 5;
ALTER DATABASE "My shop" SET "app.tenant" TO '7';
ALTER DATABASE "My shop" SET search_path TO '$user', 'public';
ALTER ROLE "a b" IN DATABASE "My shop" SET work_mem TO '8MB';
ALTER DATABASE "My shop" SET "app.secret" TO 'it''s; a \\ b
ALTER DATABASE "My shop" SET "app.not" TO ''not'';
';
"""


def written(statement):
    return "".join(part.string if isinstance(part, SQL) else f'"{part.string}"' for part in statement)


def test_settings_are_read_whatever_their_values_hold():
    found = settings_of(contents(PROPERTIES, kind="DATABASE PROPERTIES"))
    assert [setting.label for setting in found] == ["app.tenant", "search_path", "work_mem of role a b", "app.secret"]
    assert written(found[1].set("new")) == "ALTER DATABASE \"new\" SET \"search_path\" TO '$user', 'public'"
    assert written(found[2].set("new")) == 'ALTER ROLE "a b" IN DATABASE "new" SET "work_mem" TO \'8MB\''
    assert written(found[2].reset("new")) == 'ALTER ROLE "a b" IN DATABASE "new" RESET "work_mem"'
    assert "secret" in repr(found[3])
    assert "it" not in repr(found[3]).removeprefix("app.secret")


@pytest.mark.parametrize(
    ("setting", "option"),
    [
        (Setting("app.tenant", None, "'7'"), "-c app.tenant=7"),
        (Setting("app.secret", None, "'it''s \\ x'"), "-c app.secret=it's\\ \\\\\\ x"),
        (Setting("search_path", None, "'a', 'b'"), None),
        (Setting("work_mem", "app", "'8MB'"), None),
    ],
)
def test_setting_becomes_session_option(setting, option):
    """A setting as an option of one session."""
    assert setting.option == option


@pytest.mark.parametrize(
    ("name", "of_sessions"),
    [
        ("default_transaction_read_only", True),
        ("session_preload_libraries", True),
        ("statement_timeout", True),
        ("role", True),
        ("TimeZone", False),
        ("app.role", False),
    ],
)
def test_dangerous_settings_wait(name, of_sessions):
    """Settings that could end a restore wait for its end."""
    assert Setting(name, None, "''").is_of_sessions is of_sessions


def test_the_comment_of_the_database():
    assert comment_of(contents("COMMENT ON DATABASE shop IS 'the; shop''s';\n", kind="COMMENT")) == "'the; shop''s'"
    assert comment_of(contents("COMMENT ON TABLE public.t IS 'x';\n", kind="COMMENT")) is None


def test_foreign_key_is_made_not_valid():
    """A foreign key is made without looking at the rows."""
    definition = "ALTER TABLE ONLY public.a\n    ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES public.c(d);\n"
    [key] = contents(definition).entries
    assert never_validated(key).endswith(" REFERENCES public.c(d) NOT VALID;")
    [twice] = contents(never_validated(key)).entries
    assert never_validated(twice) == never_validated(key)
