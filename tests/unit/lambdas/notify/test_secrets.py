"""The channels' secrets: read when needed, cached briefly, never shown."""

import pytest

from lambdas.notify.channel import Channel, Store
from lambdas.notify.message import Message, merged
from lambdas.notify.secrets import KEPT, Secrets
from lambdas.notify.send import Sender
from lambdas.shared.clock import Deadline
from lambdas.shared.delivery_errors import PermanentError, RetryError
from lambdas.vocabulary.levels import Level
from lambdas.vocabulary.notices import Change
from tests.unit.lambdas.notify.test_channels import AT, Notice

CHAT = Channel("chat", "slack_webhook", tuple(Level), Store.SECRET, "junkos/chat")
MESSAGE = Message("prod", "id", merged([Notice(f"k{n}", Level.LOW, Change.RAISED, "bad", AT) for n in range(3)]))


class Vault:
    def __init__(self, value="https://hooks.example/the-secret"):
        self.value, self.reads, self.seconds = value, [], 0.0

    def read(self, name):
        self.reads.append(name)
        if isinstance(self.value, Exception):
            raise self.value
        return self.value

    def secrets(self):
        return Secrets(dict.fromkeys(Store, self.read), lambda: self.seconds)


def test_secret_is_cached_briefly():
    """A secret is read once and again after a while."""
    vault = Vault()
    secrets = vault.secrets()
    assert {secrets.of(CHAT) for _ in range(3)} == {"https://hooks.example/the-secret"}
    assert vault.reads == ["junkos/chat"]
    vault.seconds = KEPT
    secrets.of(CHAT)
    assert len(vault.reads) == 2


@pytest.mark.parametrize("value", [RuntimeError("the-secret is in here"), " \n"])
def test_unreadable_secret_is_retried(value):
    """A secret that cannot be read is waited for and not quoted."""
    with pytest.raises(RetryError) as error:
        Vault(value).secrets().of(CHAT)
    assert "secret 'junkos/chat' of channel 'chat'" in str(error.value)
    assert "the-secret" not in str(error.value)


def refuse_all_but(url):
    def post(request, **_):
        if request.url != url:
            raise PermanentError("answered 403")

    return post


def test_replaced_secret_is_used():
    """What was refused with a secret that has been replaced is sent with the new one."""
    vault = Vault()
    sender = Sender(vault.secrets(), Deadline.within(60), lambda: AT, refuse_all_but("https://hooks.example/new"))
    sender.secrets.of(CHAT)
    vault.value = "https://hooks.example/new"
    with pytest.raises(RetryError, match="refused with a secret that has been replaced") as error:
        sender(CHAT, MESSAGE)
    assert not error.value.keys
    sender(CHAT, MESSAGE)


def test_kept_refused_secret_gives_up():
    """What was refused with the secret that is still kept is given up."""
    vault = Vault()
    with pytest.raises(PermanentError):
        Sender(vault.secrets(), Deadline.within(60), lambda: AT, refuse_all_but("another"))(CHAT, MESSAGE)
    assert len(vault.reads) == 2
