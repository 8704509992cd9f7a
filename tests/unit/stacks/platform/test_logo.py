"""Which files are a logo, and which could do more than draw."""

import base64

import pytest

from stacks.platform.logo import LARGEST, logo_of
from stacks.settings import SettingsError

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 4 4">{}</svg>'
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DRAWING = """<!-- made by hand --><style>path { fill: url(#shade) }</style>
<defs><linearGradient id="shade"><stop stop-color="#123"/></linearGradient></defs>
<a xlink:href="#x"/><path d="M0 0h4v4z" style="fill:url('#shade')"/><image href="data:image/png;base64,AAAA"/>"""


def refusal(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError) as refused:
        logo_of(str(path))
    said = str(refused.value)
    assert said.startswith(f'uptime.status_page_logo = "{path}": ')
    assert "\n" not in said
    return said


@pytest.mark.parametrize(("name", "content"), [("a.svg", SVG.format(DRAWING).encode()), ("a.png", PNG)])
def test_drawings_are_fine(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    logo = logo_of(str(tmp_path / name))
    assert (logo.content, logo.kind) == (content, name[-3:])
    assert logo.name.startswith("logo-")
    assert logo.name.endswith(name[1:])


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("<script>alert(1)</script>", "has an element script"),
        ('<x:script xmlns:x="http://www.w3.org/2000/svg"/>', "has an element script"),
        ("<foreignObject/>", "has an element foreignobject"),
        ('<path onload="alert(1)"/>', "has an attribute onload"),
        ('<path ONCLICK="alert(1)"/>', "has an attribute onclick"),
        ('<a href="javascript:alert(1)"/>', "refers to something outside of it by href"),
        ('<image xlink:href=" https://evil.example/x.png"/>', "refers to something outside of it by href"),
        ('<use href="data:image/svg+xml;base64,AAAA"/>', "refers to something outside of it by href"),
        ('<animate attributeName="xlink:href" to="javascript:alert(1)"/>', "changes xlink:href by animate"),
        ("<style>@import 'https://evil.example/x.css';</style>", "loads something by its style"),
        ("<style>path { fill: url(https://evil.example/x) }</style>", "loads something by its style"),
        (r"<style>path { fill: u\72l(https://evil.example/x) }</style>", "loads something by its style"),
        ('<path style="fill:url(//evil.example/x)"/>', "loads something by style"),
        ('<path fill="URL(//evil.example/x)"/>', "loads something by fill"),
    ],
)
def test_active_svg_is_refused(tmp_path, part, reason):
    assert reason in refusal(tmp_path / "logo.svg", SVG.format(part))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<!DOCTYPE svg [<!ENTITY x "y">]>' + SVG, "has a document type"),
        ('<?xml-stylesheet href="x.css"?>' + SVG, "or a style sheet of its own"),
        (SVG.encode("utf-16"), "is not XML in UTF-8"),
        ("<svg><path></svg>", "is not XML in UTF-8"),
        ("<html/>", "is not an SVG"),
        (SVG.format("x" * LARGEST), "100000 at most"),
    ],
)
def test_what_is_no_svg_is_refused(tmp_path, content, reason):
    assert reason in refusal(tmp_path / "logo.svg", content)


def test_what_is_no_png_is_refused(tmp_path):
    assert "is not a PNG" in refusal(tmp_path / "logo.png", b"GIF89a")


def test_missing_logo_is_one_line(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read \\(No such file or directory\\)"):
        logo_of(str(tmp_path / "logo.svg"))
