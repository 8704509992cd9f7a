"""What the target gets before its rows and after them, and what of it is taken back when these do not come."""

from collections.abc import Callable
from dataclasses import dataclass

from psycopg2.errors import InsufficientPrivilege
from psycopg2.sql import SQL, Composed, Identifier

from lambdas.shared.postgres import Login
from lambdas.shared.restore.database_settings import Refusal, Setting, apply, comment_of, revert, settings_of
from lambdas.shared.restore.plan import Plan
from ops.backup.target import Target, session_at
from ops.errors import OpsError

Undo = Callable[..., object]
"""Takes a function and its arguments, as `ExitStack.callback` does."""


@dataclass(frozen=True)
class Prepared:
    options: str
    """For libpq: settings of the application's own that only an administrator may give the database, but that every
    session may give itself.  The restore may need them; their values may be secrets."""
    refused: list[str]
    """The settings that the database has not got, with the reasons."""

    def __repr__(self) -> str:
        return f"Prepared({self.refused})"


@dataclass(frozen=True)
class Preparation:
    login: Login
    target: Target
    plan: Plan
    roles: tuple[str, ...]
    """Those that are to be made."""

    def before(self, undo: Undo) -> Prepared:
        """Make roles and schemas, and put the source's settings in force."""
        for role in self.roles:
            self._make("ROLE", role, undo, " NOLOGIN")
        for schema in self.plan.schemas_to_make:
            self._make("SCHEMA", schema, undo)
        refused = self._set(undo, of_sessions=False)
        custom = [refusal.setting for refusal in refused if "." in refusal.setting.name]
        options = [option for setting in custom if (option := setting.option)]
        return Prepared(" ".join(options), list(map(str, refused)))

    def after(self) -> list[str]:
        """The database's comment, and the settings that could have disturbed the restore; returns what is refused."""
        refused = []
        if comment := comment_of(self.plan.contents):
            statement = SQL("COMMENT ON DATABASE {} IS ").format(Identifier(self.target.database)) + SQL(comment)
            try:
                _execute(self.login, statement)
            except InsufficientPrivilege as error:
                refused.append(f"comment on the database: {error.diag.message_primary}")
        return refused + list(map(str, self._set(lambda *_: None, of_sessions=True)))

    def _make(self, kind: str, name: str, undo: Undo, how: str = "") -> None:
        statement = SQL(f"CREATE {kind} {{}}{how}").format(Identifier(name))
        try:
            _execute(self.login, statement)
        except InsufficientPrivilege:
            text = f"CREATE {kind} {Identifier(name).string}{how}"
            raise OpsError(
                f"the login may not make {kind.lower()} {name!r} at {self.login.address}, and nothing was restored"
                f" (have an administrator do it: {text})"
            ) from None
        undo(_execute, self.login, SQL(f"DROP {kind} {{}}").format(Identifier(name)))

    def _set(self, undo: Undo, *, of_sessions: bool) -> list[Refusal]:
        """What the target has set already, somebody has chosen for it: that stays."""
        wanted = [each for each in settings_of(self.plan.contents) if each.is_of_sessions is of_sessions]
        kept = [each for each in wanted if each.label in self.target.settings]
        wanted = [each for each in wanted if each not in kept]
        with session_at(self.login) as session:
            refused = apply(session, self.target.database, wanted)
        undo(self._revert, [each for each in wanted if each not in [refusal.setting for refusal in refused]])
        return [*refused, *(Refusal(each, "the target has its own") for each in kept)]

    def _revert(self, applied: list[Setting]) -> None:
        with session_at(self.login) as session:
            revert(session, self.target.database, applied)


def _execute(login: Login, statement: Composed) -> None:
    with session_at(login) as session, session.cursor() as cursor:
        cursor.execute(statement)
