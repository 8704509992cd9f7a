"""Redirects are followed within limits, and never to where the endpoint itself could not have pointed."""

import pytest

from tests.integration.probing.hostile import answer, answering, listening, request


@pytest.fixture
def anywhere(monkeypatch):
    """Lets redirects lead to another host of this machine, which only an endpoint's own host may lie on."""
    monkeypatch.setattr("lambdas.shared.guarded_http.connect.refusal", lambda _address, allow_private: None)


def redirect(location, status="302 Found"):
    return answer(b"", status=status, location=location)


def test_redirect_is_followed(probe):
    """A redirect is followed and the last answer counts."""
    with listening(answering(redirect("/there"), answer())) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.state, result.status) == ("up", 200)


def test_expected_redirect_is_the_answer(probe):
    """A redirect that is expected is the answer."""
    with listening(answering(redirect("http://127.0.0.1:1/"))) as port:
        result = probe(f"http://api.test:{port}/", expected_status=["301-302"])
    assert (result.state, result.status) == ("up", 302)


@pytest.mark.parametrize(
    ("location", "reason", "detail"),
    [
        ("/", "redirect", "it redirects in a loop"),
        ("ftp://api.test/", "redirect", "it redirects to ftp instead of http or https"),
        ("file:///etc/passwd", "redirect", "it redirects to file instead of http or https"),
        ("javascript:alert(1)", "redirect", "it redirects to javascript instead of http or https"),
        ("http://[::1", "redirect", "it redirects to what is no URL"),
        ("http://api.test:0/", "redirect", "it redirects to port 0, where nothing can listen"),
        ("http://api.test:99999/", "redirect", "it redirects to what is no URL"),
        ("http://user:word@api.test/", "redirect", "it redirects to a URL that holds a user"),
        ("http://10.0.0.1/", "address refused", "10.0.0.1 is 10.0.0.1, a private address"),
        ("http://127.0.0.1:1/", "address refused", "127.0.0.1 is 127.0.0.1, a loopback address"),
        ("http://other.test:1/", "address refused", "other.test is 127.0.0.1, a loopback address"),
        (
            "http://169.254.169.254/latest/meta-data/",
            "address refused",
            "169.254.169.254 is 169.254.169.254, a cloud's metadata service",
        ),
        ("http://[::ffff:10.0.0.1]/", "address refused", "::ffff:10.0.0.1 is ::ffff:10.0.0.1, a private address"),
        ("http://nowhere.example/", "dns", "nowhere.example: Name or service not known"),
    ],
)
def test_forbidden_redirect_is_down(probe, location, reason, detail):
    """A redirect to where no probe goes is down."""
    with listening(answering(redirect(location))) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.state, result.reason, result.detail) == ("down", reason, detail)


def test_raw_utf8_location_is_encoded_once(probe):
    """Raw utf8 in a location is asked for once encoded."""
    asked = []
    answers = [redirect("/grün/ä?ö=%26"), answer()]

    async def serve(reader, writer):
        asked.append(await request(reader))
        writer.write(answers.pop(0))

    with listening(serve) as port:
        assert probe(f"http://api.test:{port}/").state == "up"
    assert asked[1].startswith(b"GET /gr%C3%BCn/%C3%A4?%C3%B6=%26 HTTP/1.1\r\n")


def test_international_host_is_encoded(probe):
    """Redirect to a name in other letters asks its name in dns."""
    with listening(answering(redirect("http://bücher.example/"))) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.reason, result.detail) == ("dns", "xn--bcher-kva.example: Name or service not known")


def test_cookie_redirect_loop_is_named(probe):
    """Redirect to itself that waits for a cookie says so."""
    with listening(answering(answer(b"", status="302 Found", location="/", set_cookie="seen=1"))) as port:
        result = probe(f"http://api.test:{port}/")
    waiting = "it redirects in a loop for a cookie, and probes keep none (probe a URL that needs none)"
    assert (result.state, result.reason, result.detail) == ("down", "redirect", waiting)


def test_redirect_without_target_is_an_answer(probe):
    """Redirect without a target is an answer like another."""
    with listening(answering(redirect(""))) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.reason, result.detail) == ("wrong status", "it answered 302")


def test_a_loop_of_ever_new_urls_ends(probe):
    async def ever_new(reader, writer):
        path = (await request(reader)).split(b" ")[1].decode()
        writer.write(redirect(path + "x"))

    with listening(ever_new) as port:
        result = probe(f"http://api.test:{port}/")
    assert (result.reason, result.detail) == ("redirect", "it redirects more than 5 times")


@pytest.mark.parametrize(("first", "second"), [(5, 90), (90, 5)])
def test_first_ending_certificate_counts(probe, authority, anywhere, first, second):
    """First certificate to end counts wherever it is met."""
    there = authority.server("there.test", days=(-1, second))
    with (
        listening(answering(answer()), there) as other,
        listening(answering(redirect(f"https://there.test:{other}/")), authority.server(days=(-1, first))) as port,
    ):
        result = probe(f"https://api.test:{port}/")
    assert result.state == "up"
    assert result.certificate_days_left == pytest.approx(5, abs=0.02)
    assert result.certificate_host == ("api.test" if first == 5 else "there.test")


def test_certificate_before_failed_redirect_counts(probe, authority):
    """Certificate seen before a redirect that fails counts."""
    redirecting = answering(redirect("https://nowhere.example/"))
    with listening(redirecting, authority.server(days=(-1, 5))) as port:
        result = probe(f"https://api.test:{port}/")
    assert result.reason == "dns"
    assert result.certificate_days_left == pytest.approx(5, abs=0.02)


def test_fault_after_a_redirect_names_its_host(probe, authority, anywhere):
    expired = authority.server("there.test", days=(-9, -2))
    with (
        listening(answering(answer()), expired) as other,
        listening(answering(redirect(f"https://there.test:{other}/")), authority.server()) as port,
    ):
        result = probe(f"https://api.test:{port}/")
    assert (result.reason, result.detail) == ("tls invalid", "there.test: certificate has expired")
    assert (result.certificate_days_left, result.certificate_host) == (0, "there.test")


def test_redirect_to_http_is_refused(probe, authority):
    """A redirect from https to http is refused."""
    with listening(answering(redirect("http://api.test/")), authority.server()) as port:
        result = probe(f"https://api.test:{port}/")
    assert result.detail == "it redirects from https to http"


def test_headers_are_not_sent_to_another_origin(probe):
    asked = []

    async def there(reader, writer):
        asked.append(await request(reader))
        writer.write(answer())

    with listening(there) as other, listening(answering(redirect(f"http://api.test:{other}/"))) as port:
        assert probe(f"http://api.test:{port}/", headers={"Authorization": "Bearer t0ken"}).state == "up"
    assert b"t0ken" not in asked[0]


def test_headers_stay_with_their_origin(probe):
    """Headers are sent again to the same origin."""
    asked = []
    answers = [redirect("/there"), answer()]

    async def serve(reader, writer):
        asked.append(await request(reader))
        writer.write(answers.pop(0))

    with listening(serve) as port:
        assert probe(f"http://api.test:{port}/", headers={"Authorization": "Bearer t0ken"}).state == "up"
    assert all(b"Authorization: Bearer t0ken" in each for each in asked)


@pytest.mark.parametrize(("status", "method"), [("303 See", "GET"), ("302 Found", "GET"), ("307 Temporary", "POST")])
def test_the_method_after_a_redirect(probe, status, method):
    asked = []
    answers = [redirect("/there", status), answer()]

    async def serve(reader, writer):
        asked.append(await request(reader))
        writer.write(answers.pop(0))

    with listening(serve) as port:
        probe(f"http://api.test:{port}/", method="POST")
    assert asked[1].startswith(method.encode())
