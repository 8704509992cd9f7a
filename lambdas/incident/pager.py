"""Pages: an e-mail and a text message to one person, by the topic that knows the addresses."""

import json
from dataclasses import dataclass
from typing import Any

from lambdas.incident.words import Text
from lambdas.vocabulary.incidents import PERSON, URGENT


@dataclass(frozen=True)
class Pager:
    """`sns` is a client, whose errors pass through."""

    sns: Any
    topic: str

    def page(self, person: str, text: Text) -> None:
        """All ways that wake."""
        self._publish(person, text, urgent=True)

    def write(self, person: str, text: Text) -> None:
        """By e-mail alone."""
        self._publish(person, text, urgent=False)

    def _publish(self, person: str, text: Text, *, urgent: bool) -> None:
        forms = {"default": text.headline, "email": text.mail, "sms": text.sms}
        attributes = {PERSON: person, URGENT: "yes" if urgent else "no"}
        self.sns.publish(
            TopicArn=self.topic,
            Subject=text.subject,
            Message=json.dumps(forms),
            MessageStructure="json",
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )
