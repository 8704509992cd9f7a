import json

import pytest

from lambdas.health_check.endpoints import (
    BadEndpointError,
    Comparison,
    Condition,
    authorities_in,
    endpoint_from,
    endpoints_in,
)
from lambdas.shared.guarded_http.headers import Reference, Store

API = {"name": "api", "url": "https://api.example.com/health"}


def test_defaults_are_as_documented():
    """What is left out has the documented defaults."""
    endpoint = endpoint_from(API)
    assert (endpoint.method, endpoint.timeout_s, endpoint.slow_s) == ("GET", 30, 3)
    assert endpoint.expected_status == (range(200, 300),)
    assert (endpoint.public, endpoint.allow_private, endpoint.certificate_warning_days) == (True, False, (30, 7))


def test_every_field_can_be_written():
    endpoint = endpoint_from(
        {
            **API,
            "headers": {"X-Plain": "1", "Authorization": {"secret": "a/b"}, "X-Key": {"parameter": "/c"}},
            "expected_status": [204, "300-399"],
            "conditions": [{"path": "a.b[0]", "below": 3}, {"path": "status", "equals": None}, {"contains": "x"}],
        }
    )
    assert endpoint.headers["Authorization"] == Reference(Store.SECRET, "a/b")
    assert endpoint.headers["X-Key"] == Reference(Store.PARAMETER, "/c")
    assert endpoint.expected_status == (range(204, 205), range(300, 400))
    assert endpoint.conditions == (
        Condition("a.b[0]", Comparison.BELOW, 3),
        Condition("status", Comparison.EQUALS, None),
        Condition(None, Comparison.CONTAINS, "x"),
    )


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"url": "ftp://example.com/"}, "is not http:// or https://"),
        ({"url": "https:///health"}, "is not http:// or https://"),
        ({"url": "https://user:word@example.com/"}, "holds a user or password"),
        ({"url": "https://example.com/ü"}, "percent-encoded"),
        ({"url": "https://example.com/a b"}, "percent-encoded"),
        ({"url": "https://example.com:70000/"}, "Port out of range"),
        ({"url": "https://example.com:0/"}, "has port 0"),
        ({"expected_status": [99]}, "neither like 200"),
        ({"url": 7}, ""),
        ({"name": ""}, "its name is not"),
        ({"name": "a\nb"}, "its name is not"),
        ({"method": "DELETE"}, "is not one of"),
        ({"timeout_s": 61}, "0 < slow_s < timeout_s <= 60"),
        ({"slow_s": 30}, "0 < slow_s < timeout_s <= 60"),
        ({"slow_s": "3"}, ""),
        ({"max_body_bytes": 0}, "max_body_bytes"),
        ({"expected_status": []}, "expected_status is empty"),
        ({"expected_status": ["2xx"]}, "neither like 200"),
        ({"expected_status": ["299-200"]}, "ends before it begins"),
        ({"headers": {"Host": "x"}}, "cannot be set"),
        ({"headers": {"A b": "x"}}, "cannot be set"),
        ({"headers": {"A": "x\r\nB: y"}}, "not printable ASCII"),
        ({"headers": {"A": {"secret": ""}}}, "is neither text nor"),
        ({"headers": {"A": {"vault": "x"}}}, "is neither text nor"),
        ({"conditions": [{"path": "a"}]}, "not exactly one of"),
        ({"conditions": [{"path": "a", "equals": 1, "below": 2}]}, "not exactly one of"),
        ({"conditions": [{"path": "a", "below": "2"}]}, "is not a number"),
        ({"conditions": [{"path": "a[", "equals": 1}]}, "is not a JMESPath expression"),
        ({"conditions": [{"equals": 1}]}, "without a path"),
        ({"colour": "red"}, "unexpected keyword argument 'colour'"),
    ],
)
def test_a_wrong_entry_is_refused_by_name(fields, fault):
    with pytest.raises(BadEndpointError) as refused:
        endpoint_from({**API, **fields})
    assert repr(fields.get("name", "api")) in str(refused.value)
    assert fault in str(refused.value)


def test_an_entry_without_a_url_is_refused():
    with pytest.raises(BadEndpointError, match="'api': missing 1 required positional argument: 'url'"):
        endpoint_from({"name": "api"})


def test_refusal_hides_header_value():
    """A refusal does not quote a header's value."""
    with pytest.raises(BadEndpointError) as refused:
        endpoint_from({**API, "headers": {"Authorization": "s3cret\n"}})
    assert "s3cret" not in str(refused.value)


def test_names_are_unique(tmp_path):
    (tmp_path / "endpoints.json").write_text(json.dumps([API, API]))
    with pytest.raises(BadEndpointError, match="'api' stands there twice"):
        endpoints_in(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "{}", '["x"]'])
def test_empty_file_is_refused(tmp_path, text):
    """A file that lists no endpoints is refused."""
    (tmp_path / "endpoints.json").write_text(text)
    with pytest.raises(BadEndpointError):
        endpoints_in(tmp_path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadEndpointError, match="cannot be read"):
        endpoints_in(tmp_path)


def test_further_authorities_are_optional(tmp_path):
    assert authorities_in(tmp_path) is None
    (tmp_path / "authorities.pem").write_text("PEM")
    assert authorities_in(tmp_path) == "PEM"
