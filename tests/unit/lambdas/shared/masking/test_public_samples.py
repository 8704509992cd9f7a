"""Masking held against the samples of a public set of patterns: what each rule is to find, and what it is to leave."""

import re
from random import Random

import pytest

from lambdas.shared.masking import masked_text
from log_contract.secret_patterns.texts import text_of
from tests.unit.lambdas.shared.masking.public_samples import RULES, SAMPLES

NO_SECRET = "it finds a name, an address or a number that a secret belongs to, none by itself"
BY_SERVICE = "the service's name alone says that it is one, and no word for a secret"
BY_CALL = "source code, in which the place among a call's arguments says what it is"
BY_MANIFEST = "another line of a manifest of several says so"
LEFT = {
    **dict.fromkeys(
        [
            *["aikido-client-id", "algolia-application-id", "alibaba-access-key-id", "alibaba-sts-access-key-id"],
            *[
                "artifactory-jfrog-url",
                "auth0-client-id.1",
                "auth0-domain.1",
                "browserstack-username.1",
                "canva-client-id",
            ],
            *["clickhouse-cloud-key-id", "cloudinary-cloud-name", "ebay-client-id", "generic-username", "lark-app-id"],
            *[
                "messagebird-client-id",
                "miro-client-id",
                "mux-access-token-id.1",
                "paypal-client-id.1",
                "plivo-auth-id",
            ],
            *["planetscale-id", "ramp-client-id", "razorpay-key-id.1", "salesforce-instance-url.1", "wiz-client-id.1"],
            *["snowflake-account-host.1", "sumologic-access-id", "supabase-project-url", "tableau-server-host.1"],
            *["tableau-personal-access-token-name.1", "upstash-redis-rest-url.1", "zoho-client-id.1", "pkcs12-file"],
        ],
        NO_SECRET,
    ),
    **dict.fromkeys(
        [
            *["endorlabs-api-key", "fal-api-key.1", "greptile-api-key", "gumroad-access-token", "hunter-api-key.1"],
            *[
                "ibm-cloud-user-api-key",
                "openweather-api-key",
                "postmark-api-token.1",
                "sidekiq-secret",
                "sonar-api-token",
            ],
            "cfxre-server-key",
        ],
        BY_SERVICE,
    ),
    "generic-password": BY_CALL,
    "kubernetes-secret-yaml": BY_MANIFEST,
    "curl-auth-user": 'of `-u "key:"` the user is the secret, where elsewhere it is a name that helps',
    "generic-api-key": "`todo_secret_do_not_commit` ends in words of its own",
}
"""Rules some of whose samples are not masked, and why."""
WRITTEN = [
    *['{n}Token="{s}"', '{n}Token = "{s}"', "{n}Token={s}", "{n}Token = {s}", '{{\n    "{n}_token": "{s}"\n}}'],
    *['\\{{\n    \\"{n}_token\\": \\"{s}\\"\n\\}}', '{{"name": "{n}_token", "value": "{s}"}}', "{n}_token: {s}"],
    *[
        '{{"config.ini": "{n}_TOKEN={s}\\nBACKUP_ENABLED=true"}}',
        "<{n}Token>{s}</{n}Token>",
        "<{n}Token>\n {s}\n</{n}Token>",
    ],
    *['<entry name="{n}Token" value="{s}" />', "{n}_token: '{s}'", '{n}_token: "{s}"', 'string {n}Token = "{s}";'],
    *[
        'var {n}Token string = "{s}"',
        '{n}Token := "{s}"',
        "{n}Token := `{s}`",
        'required user=\\"x\\" {n}Token=\\"{s}\\"',
    ],
    *[
        'var {n}Token: string = "{s}"',
        '${n}Token .= "{s}"',
        '${n}Token ??= "{s}"',
        "{n}Token = '{s}'",
        '"{n}Token" => "{s}"',
    ],
    *["https://{n}:{s}@example.com/", "https://example.com?{n}Token={s}&fooBar=baz", 'setProperty("{n}_TOKEN", "{s}")'],
    *[
        "variables = {{PATH=/usr/bin, {n}_PASSWORD={s}, LC_CTYPE=en_CA.UTF-8}}",
        '{n}_TOKEN ::= "{s}"',
        '{n}_TOKEN ?= "{s}"',
    ],
]
"""The notations into which the set puts a generated secret, also those that it lists as left for later."""
NAMED = re.compile(
    r"(?i)(?:passw\w*|pwd|secret|token|credentials?|cookie|auth\w*|jwt|[ _.-]?key|apikey)\w{0,12}"
    r"[\"'`\])>]*\s*(?:[-:=.|?]|,\s*[\"']|\s\w)"
)
ADDRESSED = re.compile(r"://[^\s/]*@|[\w.]@[\w-]+\.\w|\bcurl\b")
STARTS = tuple({start for rule in RULES for start in rule["starts"]})
TOKEN = re.compile(rf"(?i)(?<![a-z0-9])(?:{'|'.join(map(re.escape, STARTS))})[\w.-]{{8}}|PRIVATE KEY|Q~|xox[a-z]-")


@pytest.mark.parametrize("rule", SAMPLES)
def test_each_secret_is_masked(rule):
    left = [text for text in SAMPLES[rule].secrets if masked_text(text) == text]
    assert bool(left) == (rule in LEFT), left


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_no_rule_finds_anything(rule):
    """Nothing is left for a rule to find."""
    found = re.compile(rf"(?<![A-Za-z0-9])(?:{rule['regex']})")
    token = text_of(rule["regex"], Random(rule["id"]))  # noqa: S311
    made = [token, f'"{token}"', f"an error\\n{token}\\n", f"/x?t%3D{token}&n=1", f"({token})."]
    samples = SAMPLES[rule["id"]].secrets if rule["id"] in SAMPLES else ()
    for text in [f"{' '.join(rule.get('needs', []))} {text}" for text in (*samples, *made)]:
        assert not found.search(masked_text(text)), text


@pytest.mark.parametrize("written", WRITTEN)
def test_named_secret_masked_in_every_notation(written):
    """A secret under its name is masked in every notation."""
    for rule in SAMPLES.values():
        for name, secret in rule.placed:
            text = written.format(n=name, s=secret)
            assert secret not in masked_text(text), text


def test_what_only_looks_like_a_secret_stays():
    """But where a name or a form says secret: that its value is a filler or too short, a mask need not know."""
    changed = [
        (name, text)
        for name, rule in SAMPLES.items()
        for text in rule.harmless
        if masked_text(text) != text and not (NAMED.search(text) or ADDRESSED.search(text) or TOKEN.search(text))
    ]
    assert changed == []


def test_similar_names_keep_values():
    """The names that only sound like secrets keep their values."""
    changed = [text for text in SAMPLES["generic-api-key"].harmless if masked_text(text) != text]
    assert len(SAMPLES["generic-api-key"].harmless) > 70
    assert {re.split(r"[=:(]", text)[0].strip(' ,"') for text in changed} == {
        "apiKey",  # its value is one
        "publicToken",
        "csrf-token",
        "PuttyPassword",
        "author",  # an e-mail address
        "notes",  # `io.jsonwebtoken:jjwt-jackson-0.11.2` reads like a token's name and its value
    }
