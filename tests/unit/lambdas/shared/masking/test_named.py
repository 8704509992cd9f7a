"""A secret is found by its name in every notation that a log may hold."""

import json

import pytest

from lambdas.shared.masking import MASK, masked, masked_text

SECRET = "hunter2-Zq8"
WRITTEN = [
    "password={s}",
    "DB_PASSWORD={s}",
    "dbpassword={s} next",
    "MYSQL_PWD={s}",
    "export PGPASSWORD='{s}'",
    "PASSWORD := `{s}`",
    "connect(password='{s}', host='db')",
    "Settings(password=SecretStr('{s}'))",
    "{{'password': b'{s}'}}",
    '{{:password=>"{s}"}}',
    "user[password]={s}&n=1",
    "psql --password {s} -h db",
    "app --api-key={s} run",
    'app --client-secret "{s}" run',
    '["--token", "{s}", "run"]',
    "curl -u app:{s} https://api.example",
    "curl --user 'app:{s}' https://api.example",
    "curl -s -uapp:{s} https://api.example",
    "mysqldump -h db -p{s} orders",
    "sshpass -p {s} ssh db",
    "ALTER ROLE app PASSWORD '{s}' VALID UNTIL 'infinity'",
    "CREATE USER app IDENTIFIED BY '{s}'",
    "Authorization: Basic {s}",
    "Authorization: {s}",
    "authorization: Custom-Scheme {s}",
    "Proxy-Authorization: Bearer {s}",
    "Cookie: a=1; session={s}; theme=dark",
    "Set-Cookie: sid={s}; Path=/; HttpOnly",
    "GET /callback?token={s}&n=1 HTTP/1.1",
    "GET /callback?next=%2F%3Ftoken%3D{s}%26n%3D1",
    "X-Api-Key: {s}",
    "X-Auth-Token: {s}",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={s}==;EndpointSuffix=core.windows.net",
    "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey={s}=",
    "https://account.blob.core.windows.net/c?sp=r&sig={s}%3D",
    "redis://:{s}@cache:6379/0",
    "postgresql://app:{s}@db/orders",
    "app:{s}@tcp(db:3306)/orders",
    "jdbc:oracle:thin:app/{s}@//db:1521/orders",
    "jdbc:postgresql://db/orders?user=app&password={s}",
    "Server=db;User Id=app;Pwd={s};Encrypt=true",
    "<password>{s}</password>",
    "<db:Password enc='no'>\n  {s}\n</db:Password>",
    "<secret><![CDATA[{s}]]></secret>",
    "&lt;password&gt;{s}&lt;/password&gt;",
    '<user name="ann" password="{s}"/>',
    '<add key="Password" value="{s}" />',
    "<entry><name>dbPassword</name><value>{s}</value></entry>",
    '{{"name": "DB_PASSWORD", "value": "{s}"}}',
    '------b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{s}\r\n------b--',
    r"------b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n{s}\r\n------b--",
    'name="token"; filename="t"\r\nContent-Type: text/plain\r\n\r\n{s}\r\n--b',
    'System.setProperty("DB_PASSWORD", "{s}")',
    '[["Authorization", "Bearer {s}"], ["Accept", "*/*"]]',
    "HEROKU_KEY=12345678-{s}",
    "access key: {s}",
    'login failed with password "{s}"',
    "with the password is {s}, sorry",
    r'{{"message": "bad passphrase \"{s}\", sorry"}}',
    "https://discord.com/api/webhooks/1234567890/{s}",
    "https://example.webhook.office.com/webhookb2/{s}/IncomingWebhook/{s}/x",
    "https://api.telegram.org/bot110201543:{s}/sendMessage",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_named_secret_is_masked_alone(written):
    text = written.format(s=SECRET)
    result = masked_text(text)
    assert SECRET not in result
    assert MASK in result
    assert result.split()[0][:4] == text.split()[0][:4], "what is before it stays"


@pytest.mark.parametrize("depth", range(6))
def test_nested_json_is_masked(depth):
    """Json within json is masked at any depth."""
    text = json.dumps({"password": SECRET, "n": 1})
    for _ in range(depth):
        text = json.dumps({"body": text, "after": "kept"})
    result = masked_text(text)
    assert SECRET not in result
    for _ in range(depth):
        document = json.loads(result)
        assert document["after"] == "kept"
        result = document["body"]
    assert json.loads(result) == {"password": MASK, "n": 1}


@pytest.mark.parametrize("secret", ['a"b', "a\\b", "a'b", "two words", "a,b", "a;b", "ä☃", "a\\\\", '"', "\\"])
@pytest.mark.parametrize("depth", range(4))
def test_awkward_secret_is_masked_whole(secret, depth):
    """A secret of awkward characters is masked whole."""
    text = json.dumps({"password": secret})
    for _ in range(depth):
        text = json.dumps({"body": text})
    result = masked_text(text)
    for _ in range(depth):
        result = json.loads(result)["body"]
    assert json.loads(result) == {"password": MASK}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token=a,b,c", "token=***"),
        ("token=a,next=1", "token=***,next=1"),
        ("token=a&b&n=1", "token=***&n=1"),
        ("password=hunter2\\nuser=app", "password=***\\nuser=app"),
        ("password: ${DB_PASSWORD} and $PGPASSWORD", "password: ${DB_PASSWORD} and $PGPASSWORD"),
        ("GITHUB_TOKEN=\nNEXT=1", "GITHUB_TOKEN=\nNEXT=1"),
        ("JsonWebTokenError: invalid token: jwt malformed", "JsonWebTokenError: invalid token: jwt malformed"),
        ("Unexpected token: punc, no API key: missing", "Unexpected token: punc, no API key: missing"),
        ("X-Api-Key: abc", "X-Api-Key: ***"),
        ("token: abc", "token: ***"),
        ("mysql -h db -u app -P 3306 orders", "mysql -h db -u app -P 3306 orders"),
        ("run --password hunter --host db", "run --password *** --host db"),
        ("the option --password is missing", "the option --password is missing"),
        ("password: hunter, token: abc1", "password: ***, token: ***"),
        ("password=None, token=null", "password=None, token=null"),
        ('{"message":"wrong password","level":"info"}', '{"message":"wrong password","level":"info"}'),
        ('{"fields": ["email", "password", "name"]}', '{"fields": ["email", "password", "name"]}'),
        ('{"type":"password","name":"x"}', '{"type":"password","name":"x"}'),
        ("password authentication failed: 28P01", "password authentication failed: 28P01"),
        ('column "password" of "users2"', 'column "password" of "users2"'),
        ("the password must have 60 characters", "the password must have 60 characters"),
        ("docker run --user 1000:1000 -u root", "docker run --user 1000:1000 -u root"),
        ("https://shop.example:8443/a?to=ann", "https://shop.example:8443/a?to=ann"),
    ],
)
def test_neighbours_and_placeholders_stay(text, expected):
    """What is next to a secret or only a place for one stays."""
    assert masked_text(text) == expected


def test_name_value_pair_is_masked():
    """A pair of name and value is masked by its name."""
    assert masked([{"name": "DB_PASSWORD", "value": "x"}, {"name": "PORT", "value": "8080"}]) == [
        {"name": "DB_PASSWORD", "value": MASK},
        {"name": "PORT", "value": "8080"},
    ]


def test_private_key_itself_is_masked():
    """A key that is private itself is masked."""
    assert masked({"ann@shop.example": 1}) == {MASK: 1}
