"""The function's parts, put together from its settings."""

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from typing import Any

from lambdas.incident.change import Incidents
from lambdas.incident.chat import Chat, ChatTarget
from lambdas.incident.duties import Duties
from lambdas.incident.heartbeat import Heartbeat
from lambdas.incident.lasting import Lasting
from lambdas.incident.links import LinkMaker
from lambdas.incident.pager import Pager
from lambdas.incident.pagerduty import Acknowledger
from lambdas.incident.respond import Responder
from lambdas.incident.rules import Rules
from lambdas.incident.settings import Settings
from lambdas.incident.words import Writer
from lambdas.incident.work import Worker, gather_with
from lambdas.incident.write_up import ReviewWriter
from lambdas.notify.channel import Channel, Store
from lambdas.notify.secrets import Secrets
from lambdas.shared.clock import Clock, now
from lambdas.shared.incidents.table import IncidentTable
from lambdas.shared.notices import publish_notice
from lambdas.shared.post import post
from lambdas.shared.stored_values import parameter, secret
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Notice
from lambdas.vocabulary.on_call import Person, Rota, Step

ATTEMPTS = 2
CONNECT, READ = 2, 5  # seconds: a page is not held up by a service that hangs


def open_responder(
    settings: Settings, client: Callable[..., Any], clock: Clock = now, post: Callable[..., bytes] = post
) -> Responder:
    """`client` makes a client of AWS, as `lambdas.shared.aws.client` does; those for rare work are made with it."""
    client = partial(client, connect_timeout=CONNECT, read_timeout=READ, attempts=ATTEMPTS)
    table = IncidentTable(client("dynamodb"), settings.table)
    sns = client("sns")
    rota, people = Rota.from_json(settings.rota), [Person.from_json(one) for one in settings.people]
    rules = Rules(
        {Level.CRITICAL: settings.remind_critical, Level.HIGH: settings.remind_high}, confirm=settings.confirm
    )
    known = {person.name: person for person in people}
    incidents = Incidents(table, rota, known, rules, clock)
    secrets = Secrets(
        {
            Store.SECRET: lambda name: secret(client("secretsmanager"), name),
            Store.PARAMETER: lambda name: parameter(client("ssm"), name),
        }
    )
    links = LinkMaker(table, settings.answer_url, settings.link_days, clock)
    pager = Pager(sns, settings.pages_topic)
    topics = {Level(arn.rpartition("-")[2]): arn for arn in settings.topics}

    def publish(notice: Notice) -> None:
        publish_notice(sns, topics[notice.level], notice)

    worker = Worker(
        incidents,
        Writer(settings.environment, rota.timezone),
        known,
        pager,
        Chat(ChatTarget.from_json(settings.chat), secrets, post) if settings.chat else None,
        link=links.to_answer,
        token=links.token,
        gather=gather_with(lambda: client("lambda"), settings.evidence_function),
        write_up=ReviewWriter(table, lambda: client("s3"), settings, rota.timezone, links).write,
        acknowledge=Acknowledger(tuple(map(Channel.from_json, settings.pagerduty)), secrets, post).acknowledge,
    )
    return Responder(
        incidents,
        tuple(map(Step.from_json, settings.steps)),
        worker,
        Lasting(table, settings.remind_medium, publish),
        Duties(settings.environment, incidents, pager, publish),
        time.fromisoformat(settings.morning),
        Heartbeat(table, settings.heartbeat_parameter, secrets, post, clock, every=timedelta(minutes=5)).beat,
    )
