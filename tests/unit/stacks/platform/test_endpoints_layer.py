"""What goes with the endpoints to the functions that read them."""

from types import SimpleNamespace

from lambdas.health_check.endpoints import PACKAGE
from lambdas.status_page.look import Logo, logo_in
from stacks.platform import endpoints_layer


def test_logo_goes_with_the_endpoints(tmp_path, monkeypatch):
    """Each logo is a folder of its own, and without one it is the folder that it was before there were logos."""
    monkeypatch.setattr(endpoints_layer, "BUILT", tmp_path)
    environment = SimpleNamespace(uptime=SimpleNamespace(endpoints=(), authorities=None))
    logos = [None, Logo("svg", b"<svg/>"), Logo("svg", b"<svg />"), Logo("png", b"\x89PNG")]
    folders = [endpoints_layer._written(environment, logo) for logo in logos]
    assert [logo_in(folder / "python" / PACKAGE) for folder in folders] == logos
    assert len(set(folders)) == len(logos)
