"""Where a check leaves its state for the next: never in the database that it watches."""

import json
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.database_check.settings import KEY
from lambdas.database_check.since_last_check import State
from lambdas.shared.observability import logger


class States(Protocol):
    """Remembers the newest state of one database."""

    def load(self) -> State | None: ...

    def save(self, state: State) -> None: ...


class InMemory:
    """Lasts as long as the process: a warm function."""

    def __init__(self) -> None:
        self._state: State | None = None

    def load(self) -> State | None:
        return self._state

    def save(self, state: State) -> None:
        if self._state is None or self._state.at < state.at:
            self._state = state


class InTable:
    """An item of a DynamoDB table, read once per process and written after each check.

    A table that does not answer costs the comparison, not the check: that is logged, and the next run catches up.
    """

    def __init__(self, dynamodb: Any, table: str, database: str) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._key = {KEY: {"S": f"database_check#{database}"}}
        self._memory = InMemory()

    def load(self) -> State | None:
        return self._memory.load() or self._read()

    def save(self, state: State) -> None:
        self._memory.save(state)
        item = {**self._key, "at": {"S": state.at}, "state": {"S": json.dumps(state.as_dict())}}
        try:
            # Two runs may overlap: the newer state stays, whichever comes last.
            self._dynamodb.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(#at) OR #at < :at",
                ExpressionAttributeNames={"#at": "at"},
                ExpressionAttributeValues={":at": item["at"]},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            logger.info("a newer state was there already", table=self._table)
        except (BotoCoreError, ClientError) as error:
            logger.warning("the state was not kept", table=self._table, reason=str(error))

    def _read(self) -> State | None:
        try:
            item = self._dynamodb.get_item(TableName=self._table, Key=self._key).get("Item")
        except (BotoCoreError, ClientError) as error:
            logger.warning("the state was not read", table=self._table, reason=str(error))
            return None
        return State(**json.loads(item["state"]["S"])) if item else None
