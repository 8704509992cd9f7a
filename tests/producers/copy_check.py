"""Checks of copies: `check_copies` runs over a backup with a whole copy, and over one whose copy is damaged."""

from datetime import timedelta

from lambdas.copy_check.check_copies import check_copies
from lambdas.copy_check.settings import Settings
from lambdas.shared.clock import Deadline
from lambdas.vocabulary.backups import DUMP
from tests.producers import Deployment
from tests.unit.lambdas.copy_check.buckets import NOW, World


def good(deployment: Deployment) -> None:
    world = World(deployment.environment.database.name)
    world.back_up(hours_ago=7)
    _run(deployment, world)


def worst(deployment: Deployment) -> None:
    world = World(deployment.environment.database.name)
    world.back_up(hours_ago=timedelta(days=30) / timedelta(hours=1))
    damaged = world.back_up(hours_ago=7)
    del world.there.objects[damaged + DUMP]
    _run(deployment, world)


def _run(deployment: Deployment, world: World) -> None:
    settings = Settings.from_environment(deployment.variables["copy_check"])
    check_copies(settings, world.copies, read_of=None, deadline=Deadline.within(900), clock=lambda: NOW)
