"""What a browser shows, held to a checker of accessibility."""

from pathlib import Path

AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
_RULES = "['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']"


def assert_accessible(page) -> None:
    """With everything on the page unfolded.  A page's own policy keeps the checker out: open it with `bypass_csp`."""
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    page.add_script_tag(path=AXE)
    found = page.evaluate(f"axe.run({{runOnly: {_RULES}}})")
    assert len(found["passes"]) > 15
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []
