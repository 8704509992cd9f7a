"""A program with `sentry-sdk`, set up by a DSN alone: a secret in each place from which the SDK sends."""

import json
import os

import sentry_sdk

SECRET = os.environ["SECRET"]


def pay(password: str, card: str) -> None:
    settings = {"db": {"host": "db.internal", "password": password}}
    raise ValueError(f"no payment with password={password} and card {card} of {len(settings)}")


sentry_sdk.init(os.environ["SENTRY_DSN"], release="worker@1.2.3", environment="test", send_default_pii=True)
sentry_sdk.set_user(json.loads(os.environ["SENDER"]))
sentry_sdk.set_tag("token", f"{SECRET}-tag")
sentry_sdk.add_breadcrumb(category="http", message="GET", data={"Authorization": f"Bearer {SECRET}-crumb"})
sentry_sdk.get_current_scope().set_extra("body", '{"password": "%s-extra", "n": 1}' % SECRET)  # noqa: UP031
for _ in range(int(os.environ.get("ATTEMPTS", "1"))):
    try:
        pay(f"{SECRET}-password", "4111 1111 1111 1111")
    except ValueError:
        sentry_sdk.capture_exception()
    sentry_sdk.flush(5)
