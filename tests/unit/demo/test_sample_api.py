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


def test_low_disk_degrades(api):
    """Low disk space degrades without taking the backend down."""
    api.drills.change({"minimum_free_bytes": 10**18})
    answer = api.health()
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert answer.body["checks"]["disk"]["status"] == "failing"


def test_degraded_backend_hides_secrets():
    """Without its database the backend is degraded and says no secret."""
    api = Api("postgresql://app:s3cret@db.example.com/junkos", Drills(database=False))
    answer = api.health()
    assert (answer.status, answer.body["status"]) == (200, "degraded")
    assert answer.body["checks"]["database"]["error"] == "OperationalError"
    assert "s3cret" not in str(answer.body)
    assert "example.com" not in str(answer.body)


def test_unknown_drill_is_refused():
    """An unknown drill is refused and none is put in force."""
    drills = Drills()
    with pytest.raises(ValueError, match="no such drill: colour"):
        drills.change({"error_rate": 1, "colour": "red"})
    assert drills == Drills()


def test_a_full_error_rate_fails_every_request():
    with pytest.raises(RuntimeError, match="drill"):
        Drills(error_rate=1).strike()


def test_no_error_rate_fails_no_request():
    Drills().strike()
