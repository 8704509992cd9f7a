"""The function with its table in an account of moto, and a clock and people that a test moves."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from lambdas.incident.open_responder import open_responder
from lambdas.incident.settings import Settings
from lambdas.shared.delivery_errors import RetryError
from lambdas.vocabulary.codec import encode
from lambdas.vocabulary.incidents import Answer, Reply, Way
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import IDENTIFIER, RECORD, Change, Notice
from lambdas.vocabulary.on_call import STEPS, Person, Rota
from tests.unit.lambdas.incident.samples import MINUTE, START

TABLE, BUCKET = "incidents", "reviews"
ROTA = Rota("Europe/Berlin", 0, "09:00", START.date() - timedelta(days=7), ("ana", "ben", "cem"))
PEOPLE = (Person("ana", True, True, "UANA"), Person("ben", True, True), Person("cem", by_mail=True))
TOPICS = {level: f"arn:aws:sns:eu-central-1:111122223333:junkos-prod-alerts-{level}" for level in ("medium", "low")}


def settings(**fields) -> Settings:
    known = {
        "environment": "prod",
        "table": TABLE,
        "bucket": BUCKET,
        "rota": ROTA.to_json(),
        "people": tuple(person.to_json() for person in PEOPLE),
        "steps": tuple(step.to_json() for step in STEPS),
        "pages_topic": "pages",
        "topics": tuple(TOPICS.values()),
        "answer_url": "https://answer.example/",
        "evidence_function": "evidence",
        "chat": None,
        "pagerduty": (),
        "remind_critical": timedelta(minutes=30),
        "remind_high": timedelta(hours=2),
        "remind_medium": timedelta(hours=2),
        "confirm": timedelta(minutes=15),
        "link_days": timedelta(days=7),
        "morning": "08:00",
        "heartbeat_parameter": None,
    }
    return Settings(**{**known, **fields})


@dataclass
class Sns:
    """What was published; it refuses while `fault` is set."""

    sent: list[dict] = field(default_factory=list)
    fault: str = ""
    refused: set[str] = field(default_factory=set)
    """People whose pages it refuses."""

    def publish(self, **message):
        person = message.get("MessageAttributes", {}).get("person", {}).get("StringValue")
        if self.fault or person in self.refused:
            raise ClientError({"Error": {"Code": self.fault or "InvalidParameter"}}, "Publish")
        self.sent.append(message)

    def pages(self) -> list[str]:
        """Whom pages went to, in order."""
        return [_value(it, "person") for it in self.sent if _value(it, "urgent") == "yes"]

    def mails(self) -> list[tuple[str, str]]:
        """(person, subject) of what wakes nobody."""
        return [(_value(it, "person"), it["Subject"]) for it in self.sent if _value(it, "urgent") == "no"]

    def notices(self) -> list[Notice]:
        """What was published for everybody."""
        messages = [json.loads(it["Message"]) for it in self.sent if "MessageAttributes" not in it]
        return [Notice.from_json(message["default"]) for message in messages]


def _value(message: dict, attribute: str) -> str:
    return message.get("MessageAttributes", {}).get(attribute, {}).get("StringValue", "")


@dataclass
class Functions:
    invoked: list[tuple[str, dict]] = field(default_factory=list)

    def invoke(self, *, FunctionName, InvocationType, Payload):  # noqa: N803  (AWS's names)
        assert InvocationType == "Event"
        self.invoked.append((FunctionName, json.loads(Payload)))


@dataclass
class Chats:
    """The chat's server: messages by their texts; it fails while `fails` is set."""

    posted: list[dict] = field(default_factory=list)
    fails: bool = False
    answer: bytes = b""

    def post(self, request, **_):
        if self.fails:
            raise RetryError("answered 503")
        self.posted.append(json.loads(request.body))
        return self.answer


class World:
    def __init__(self, aws_client, **fields) -> None:
        self.moment = START
        self.sns, self.functions, self.chats = Sns(), Functions(), Chats()
        self.aws_client = aws_client
        self.settings = settings(**fields)
        make_table(aws_client("dynamodb"))
        self.responder = self._open()
        self.table = self.responder.incidents.table

    def _open(self):
        def client(service, **_):
            return {"sns": self.sns, "lambda": self.functions}.get(service) or self.aws_client(service)

        return open_responder(self.settings, client, lambda: self.moment, post=self.chats.post)

    def at(self, minutes: float) -> "World":
        """Minutes since the start."""
        self.moment = START + minutes * MINUTE
        return self

    def notices(self, *notices: Notice) -> dict:
        return self.responder.respond({"notices": [encode(notice) for notice in notices]})

    def tick(self) -> dict:
        return self.responder.respond({"slot": self.moment.isoformat()})

    def tick_until(self, minutes: int, every: int = 1) -> None:
        """A tick every so many minutes from now on."""
        while self.moment < START + minutes * MINUTE:
            self.moment += every * MINUTE
            self.tick()

    def reply(self, answer: Answer, by: str = "", number: int = 1, via: Way = Way.LINK, **fields) -> dict:
        reply = Reply(number, answer, via, self.moment, by, **fields)
        return self.responder.respond({"reply": encode(reply)})

    def raised(self, key: str = "api", level: Level = Level.CRITICAL, **fields) -> Notice:
        return Notice(key, level, Change.RAISED, f"{key} is down", self.moment, **fields)

    def recovered(self, key: str = "api", level: Level = Level.CRITICAL, at: datetime | None = None) -> Notice:
        return Notice(key, level, Change.RECOVERED, f"{key} is down", at or self.moment)

    def incident(self, number: int = 1):
        return self.table.incident(number)

    def story(self, number: int = 1) -> list[str]:
        return [f"{entry.by} {entry.text}".strip() for entry in self.table.timeline(number)]


def make_table(dynamodb, name: str = TABLE) -> None:
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": RECORD, "KeyType": "HASH"}, {"AttributeName": IDENTIFIER, "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (RECORD, IDENTIFIER)],
    )


def link_in(message: dict) -> str:
    """The answering link of a page, which stands in its e-mail and its text message."""
    forms = json.loads(message["Message"])
    links = [re.search(r"https://answer\.example/a/\S+", forms[form]) for form in ("email", "sms")]
    assert links[0]
    assert links[1]
    assert links[0][0] == links[1][0]
    return links[0][0]
