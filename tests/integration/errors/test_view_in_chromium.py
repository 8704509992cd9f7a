"""The operator's view as a browser shows it: by the console, and on a dashboard that does what CloudWatch does."""

import threading

import pytest
from moto import mock_aws

from lambdas.operator_action.act import act
from lambdas.operator_view.settings import Settings
from lambdas.operator_view.sources import Sources, error_sources
from lambdas.operator_view.widget import answer
from lambdas.shared.error_tracking import samples
from lambdas.shared.error_tracking.table import ErrorTable
from lambdas.vocabulary.error_tracking import Sample, State
from ops.console.answer import Console
from ops.console.serve import Server
from tests.browser import assert_accessible
from tests.programs import CHROMIUM, needs
from tests.unit.lambdas.operator_view.account import Account
from tests.unit.lambdas.operator_view.story import NOW, ago, event, issue
from tests.unit.lambdas.operator_view.test_escaping import HOSTILE, with_texts

pytestmark = needs(CHROMIUM, "chromium")

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:"
SETTINGS = Settings(
    environment="prod",
    table="t",
    bucket="b",
    projects=("api", "monitoring"),
    view_function="junkos-prod-operator-view",
    action_function="junkos-prod-operator-action",
)
ATTACK = "f" * 16
LONG = "e" * 16
ALIKE = "d" * 16
"""Of the first issue."""
VIEWS = {
    "issues": "/?state=all",
    "empty": "/?project=monitoring&state=muted",
    "issue": f"/?view=issue&id={1:016x}&similar=1",
    "muted": f"/?view=issue&id={4:016x}",
    "hostile": f"/?view=issue&id={ATTACK}&similar=1",
    "long": f"/?view=issue&id={LONG}",
    "refused": "/?view=secrets",
}

DASHBOARD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Dashboard</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body style="margin: 0; background: BACKGROUND"><main><h1 style="position:absolute;clip-path:inset(50%)">Dashboard</h1>
<div id="widget"></div></main><script>
async function display(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  parsed.querySelectorAll("script, iframe, use, form, object, embed, link").forEach(each => each.remove());
  const widget = document.getElementById("widget");
  widget.replaceChildren(...parsed.head.childNodes, ...parsed.body.childNodes);
  for (const action of widget.querySelectorAll("cwdb-action")) {
    const call = JSON.parse(action.innerHTML), endpoint = action.getAttribute("endpoint");
    action.previousElementSibling.addEventListener("click", async () => {
      const asked = action.getAttribute("confirmation");
      if (!asked || confirm(asked)) display(await invoke(endpoint, call));
    });
  }
}
</script></body></html>"""


class Place:
    """An account, and a console that shows it."""

    def __init__(self):
        self.account = Account().tell_story()
        self.errors = ErrorTable(self.account.dynamodb, self.account.table, clock=lambda: NOW)
        errors = error_sources(self.errors, self.account.s3, self.account.bucket, SETTINGS.projects)
        self.sources = Sources(errors, clock=lambda: NOW)
        self._put(ATTACK, HOSTILE, with_texts(event(), HOSTILE))
        self._put(LONG, "W" * 900, with_texts(event(), "W" * 900))
        self.account.put_issue(
            issue(id=ALIKE, title="TypeError: order.total is not a function", last_seen=ago(hours=3))
        )

    def _put(self, of, text, sent):
        sample = Sample(f"samples/api/{of}.ndjson.gz", 0, "a" * 32, NOW, text)
        fields = {"title": text, "culprit": text, "first_release": text, "last_release": text, "level": text}
        self.account.put_issue(issue(id=of, samples=(sample,), **fields))
        samples.write(self.account.s3, self.account.bucket, sample.object, [sent])

    def state(self, number=1):
        return self.errors.issue("api", f"{number:016x}").state

    def invoke(self, endpoint, call, theme="light"):
        """What CloudWatch does with a widget's call."""
        given = {**call, "widgetContext": {"theme": theme, "accountId": "123456789012"}}
        functions = {"junkos-prod-operator-view": answer, "junkos-prod-operator-action": act}
        return functions[endpoint.rpartition(":")[2]](given, endpoint, SETTINGS, self.sources)


@pytest.fixture
def place():
    with mock_aws():
        yield Place()


@pytest.fixture
def show(browser, place):
    """Opens a view of the console as its operator does; what the page says and asks for is remembered."""
    contexts = []
    with Server(0, lambda port: Console(place.sources, "prod", "anna", port)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def opened(path="/", *, width=1280, scheme="light", **options):
            contexts.append(
                browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme, **options)
            )
            page = contexts[-1].new_page()
            page.said, page.asked = [], set()
            page.on("console", lambda message: page.said.append(message.text))
            page.on("pageerror", lambda error: page.said.append(str(error)))
            page.goto(server.console.address)
            page.on("request", lambda request: page.asked.add(request.url.partition("?")[0]))
            page.goto(f"http://127.0.0.1:{server.console.port}{path}", wait_until="networkidle")
            page.home = f"http://127.0.0.1:{server.console.port}/"
            return page

        yield opened
        for context in contexts:
            context.close()
        server.shutdown()
        thread.join()


@pytest.fixture
def widget(browser, place):
    """Opens a view on a dashboard that sanitizes and wires it as CloudWatch does."""
    contexts = []

    def opened(call, *, theme="light", scheme="light", width=1280):
        contexts.append(browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme))
        page = contexts[-1].new_page()
        page.expose_function("invoke", lambda endpoint, call: place.invoke(endpoint, call, theme))
        page.set_content(DASHBOARD.replace("BACKGROUND", "#fff" if theme == "light" else "#161d26"))
        page.evaluate(
            "([endpoint, call]) => invoke(endpoint, call).then(display)", [f"{ARN}{SETTINGS.view_function}", call]
        )
        page.locator(".ov").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_views_are_accessible(show, scheme):
    for path in VIEWS.values():
        for width in (390, 1280):
            assert_accessible(show(path, width=width, scheme=scheme, bypass_csp=True))


@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_screen(show, width):
    for name, path in VIEWS.items():
        page = show(path, width=width)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_schemes_differ(show):
    colour = "getComputedStyle(document.querySelector('.ov')).backgroundColor"
    assert show(scheme="light").evaluate(colour) != show(scheme="dark").evaluate(colour)


@pytest.mark.parametrize("path", ["hostile", "long", "issues"])
def test_pages_ask_for_nothing_else(show, path):
    page = show(VIEWS[path])
    assert page.said == []
    assert page.asked == {page.home}


def elements(page):
    """What a reader could press or follow, by kind."""
    return page.evaluate("""() => Object.fromEntries(['a', 'button', 'form', 'input', 'img', 'script', 'cwdb-action',
        'summary', 'iframe', 'style'].map(tag => [tag, document.querySelectorAll(tag).length]))""")


def test_hostile_error_plants_nothing_local(show):
    """Its page has the very elements of a harmless issue, and runs nothing."""
    hostile, harmless = show(VIEWS["hostile"]), show(f"/?view=issue&id={LONG}&similar=1")
    assert elements(hostile) == elements(harmless)
    assert hostile.get_by_role("link", name="Approve").count() == 0
    assert hostile.get_by_role("heading", level=2).inner_text().startswith("</style></script><script>alert(1)")


def test_hostile_error_plants_nothing_in_widget(widget):
    hostile, harmless = (widget({"view": "issue", "id": of, "similar": 1}) for of in (ATTACK, LONG))
    assert elements(hostile) == elements(harmless)
    endpoints = "[...document.querySelectorAll('cwdb-action')].map(each => each.getAttribute('endpoint'))"
    assert set(hostile.evaluate(endpoints)) == {f"{ARN}{SETTINGS.view_function}", f"{ARN}{SETTINGS.action_function}"}


def test_issue_is_resolved_in_the_console(show, place):
    page = show("/")
    page.get_by_role("link", name="TypeError").first.click()
    page.get_by_role("button", name="Resolve", exact=True).click()
    assert page.get_by_role("status").inner_text() == "Resolved: an event from now on is a regression."
    assert place.state() is State.RESOLVED
    page.get_by_role("button", name="Reopen").click()
    assert place.state() is State.OPEN


def test_keyboard_alone_mutes(show, place):
    page = show(VIEWS["issue"])
    page.locator("summary", has_text="Mute").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "For a day"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert place.state() is State.MUTED


def test_merge_asks_first_in_the_console(show, place):
    page = show(VIEWS["issue"])
    merge = page.locator("summary", has_text="Merge into this").first
    assert not page.get_by_text("It cannot be undone").first.is_visible()
    merge.click()
    assert page.get_by_text("It cannot be undone").first.is_visible()
    page.get_by_role("button", name="Merge into this").first.click()
    assert "1 issue merged into this one" in page.get_by_role("status").inner_text()


def test_widget_leads_from_list_to_action(widget, place):
    """List, issue, older sample, mute, and back: each by a call of CloudWatch."""
    page = widget({"view": "issues"})
    page.get_by_role("button", name="TypeError").first.click()
    page.get_by_role("button", name="Older").click()
    page.get_by_text("Sample 2 of 12").wait_for()
    page.locator("summary", has_text="Mute").click()
    page.get_by_role("button", name="Until 100 more events").click()
    page.get_by_role("status").wait_for()
    assert place.errors.issue("api", f"{1:016x}").muted.events == 100
    page.get_by_role("button", name="Issues").click()
    page.get_by_role("heading", name="Issues").wait_for()


@pytest.mark.parametrize("accepted", [True, False])
def test_widget_asks_before_merging(widget, place, accepted):
    page = widget({"view": "issue", "id": f"{1:016x}", "similar": 1})
    page.on("dialog", lambda dialog: dialog.accept() if accepted else dialog.dismiss())
    page.get_by_role("button", name="Merge into this").first.click()
    if accepted:
        page.get_by_role("status").wait_for()
    assert (place.errors.issue("api", ALIKE) is None) is accepted


@pytest.mark.parametrize(("theme", "scheme"), [("dark", "light"), ("light", "dark")])
def test_widget_follows_the_dashboard(widget, theme, scheme):
    """And not the reader's system, where they differ; it is accessible either way."""
    page = widget({"view": "issue", "id": f"{1:016x}"}, theme=theme, scheme=scheme)
    red = page.evaluate("getComputedStyle(document.querySelector('.ov')).backgroundColor.match(/\\d+/g).map(Number)[0]")
    assert (red < 64) is (theme == "dark")
    assert_accessible(page)


def test_narrow_widget_hides_columns(widget):
    """By its own width, which on a dashboard is not that of the window."""
    page = widget({"view": "issues"})
    assert page.get_by_role("columnheader", name="Releases").is_visible()
    page.evaluate("document.getElementById('widget').style.width = '400px'")
    assert not page.get_by_role("columnheader", name="Releases").is_visible()
    assert page.get_by_text("seen 2 min ago").first.is_visible()
