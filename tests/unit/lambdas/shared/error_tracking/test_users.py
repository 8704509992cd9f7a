"""A user is the same within an environment, and nobody elsewhere."""

from lambdas.shared.error_tracking.users import hashed_user


def test_user_is_the_same_each_time():
    assert hashed_user("4711", "prod") == hashed_user(" 4711\n", "prod")
    assert hashed_user("Jane@Shop.example", "prod") == hashed_user("jane@shop.example", "prod")


def test_users_and_environments_differ():
    pseudonyms = {hashed_user(user, stage) for user in ("4711", "4712", "AB", "ab") for stage in ("prod", "test")}
    assert len(pseudonyms) == 8


def test_pseudonym_does_not_show_the_user():
    pseudonym = hashed_user("jane@shop.example", "prod")
    assert pseudonym.startswith("user-")
    assert len(pseudonym) == 37
    assert "jane" not in pseudonym


def test_any_text_has_a_pseudonym():
    assert hashed_user("\ud800", "prod") != hashed_user("é", "prod")
