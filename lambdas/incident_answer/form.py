"""The page's form: what was pressed, by whom, and the replies that it makes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl

from lambdas.incident_answer.pass_on import nonce_of
from lambdas.shared.incidents.links import Link
from lambdas.vocabulary.incidents import Answer, Reply, Way
from lambdas.vocabulary.notices import well_formed

SNOOZES: Final = {30: "30 min", 120: "2 h", 0: "until morning"}
"""In minutes, as `Reply` has them."""
LONGEST_NOTE: Final = 1000
_FIELDS: Final = 10


class BadFormError(ValueError):
    """What whoever pressed reads."""


@dataclass(frozen=True)
class Form:
    """The names of its fields stand here for the page as well."""

    NONCE = "nonce"
    ANSWER = "answer"
    PERSON = "person"
    MINUTES = "minutes"
    NOTE = "note"

    answer: Answer
    nonce: str
    person: str
    """Whom a link that names nobody is used by."""
    minutes: int
    note: str


def form_of(body: bytes) -> Form:
    """Raises BadFormError for what the page cannot have sent."""
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=_FIELDS))
        answer = Answer(fields.get(Form.ANSWER, ""))
        minutes = int(fields.get(Form.MINUTES, "0"))
    except ValueError:
        raise BadFormError("The form could not be read: press again.") from None
    if minutes not in SNOOZES:
        raise BadFormError("There is no snooze of that length: press again.")
    note = well_formed(fields.get(Form.NOTE, "")).strip()[:LONGEST_NOTE]
    return Form(answer, fields.get(Form.NONCE, ""), fields.get(Form.PERSON, ""), minutes, note)


def replies_of(form: Form, link: Link, people: Collection[str], at: datetime) -> list[Reply]:
    """The answer, and the note that was written beside it; raises BadFormError."""
    if not link.person and form.person not in people:
        raise BadFormError("Choose who you are, then press again.")
    if form.answer is Answer.NOTE and not form.note:
        raise BadFormError("Write a note, then press again.")
    by, via = (link.person, Way.LINK) if link.person else (form.person, Way.SHARED_LINK)
    minutes = form.minutes if form.answer is Answer.SNOOZE else 0
    note = Reply(link.incident, Answer.NOTE, via, at, by, form.note, nonce=nonce_of(form.nonce, Form.NOTE))
    if form.answer is Answer.NOTE:
        return [note]
    answer = Reply(link.incident, form.answer, via, at, by, minutes=minutes, nonce=nonce_of(form.nonce))
    return [answer, note] if form.note else [answer]
