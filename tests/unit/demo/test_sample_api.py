import pytest

from demo.sample.api import Api, Drills


@pytest.fixture
def api(monkeypatch):
    api = Api("postgresql://app:s3cret@db.example.com/junkos")
    monkeypatch.setattr(api, "query", lambda *_: [{"alive": 1}])
    return api


def test_a_healthy_backend_names_every_check(api):
    answer = api.health()
    assert answer.status == 200
    assert answer.body["status"] == "ok"
    assert {name: check["status"] for name, check in answer.body["checks"].items()} == {"database": "ok", "disk": "ok"}


def test_low_disk_space_degrades_without_taking_the_backend_down(api):
    api.drills.change({"minimum_free_bytes": 10**18})
    answer = api.health()
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert answer.body["checks"]["disk"]["status"] == "failing"


def test_without_its_database_the_backend_is_degraded_and_tells_no_secret():
    api = Api("postgresql://app:s3cret@db.example.com/junkos", Drills(database=False))
    answer = api.health()
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert answer.body["checks"]["database"]["error"] == "OperationalError"
    assert "s3cret" not in str(answer.body)
    assert "example.com" not in str(answer.body)


def test_an_unknown_drill_is_refused_and_none_is_put_in_force():
    drills = Drills()
    with pytest.raises(ValueError, match="no such drill: colour"):
        drills.change({"error_rate": 1, "colour": "red"})
    assert drills == Drills()


def test_a_full_error_rate_fails_every_request():
    with pytest.raises(RuntimeError, match="drill"):
        Drills(error_rate=1).strike()


def test_no_error_rate_fails_no_request():
    Drills().strike()
