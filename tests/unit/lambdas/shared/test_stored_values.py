import pytest

from lambdas.shared.stored_values import StoredValues, UnreadableError


class Vault:
    def __init__(self):
        self.reads, self.seconds, self.value = [], 0.0, " one\n"

    def read(self, name):
        self.reads.append(name)
        if isinstance(self.value, Exception):
            raise self.value
        return self.value

    def values(self, **options):
        return StoredValues({"secret": self.read, "parameter": self.read}, clock=lambda: self.seconds, **options)


@pytest.fixture
def vault():
    return Vault()


def test_value_is_stripped_and_read_once(vault):
    values = vault.values()
    assert not values.is_known("secret", "a")
    assert {values.of("secret", "a") for _ in range(3)} == {"one"}
    assert values.is_known("secret", "a")
    assert vault.reads == ["a"]


def test_stores_are_kept_apart(vault):
    values = vault.values()
    values.of("secret", "a")
    assert not values.is_known("parameter", "a")


def test_value_is_reread_after_its_time(vault):
    """Value is read again after its time and when forgotten."""
    values = vault.values(keep=300)
    values.of("secret", "a")
    vault.seconds, vault.value = 300, "two"
    assert values.of("secret", "a") == "two"
    vault.value = "three"
    values.forget("secret", "a")
    assert values.of("secret", "a") == "three"
    values.forget("secret", "never read")


def test_error_is_not_quoted_nor_kept(vault):
    values = vault.values()
    vault.value = RuntimeError("hunter2")
    with pytest.raises(UnreadableError, match=r"^RuntimeError \(does it exist, and may this function read it\?\)$"):
        values.of("secret", "a")
    vault.value = "one"
    assert values.of("secret", "a") == "one"
