"""From the event of an HTTP API to its answer."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from lambdas.error_releases.authenticate import project_of
from lambdas.error_releases.call import Call, Dependencies
from lambdas.error_releases.http import RefusedError, Request, answer, request_of
from lambdas.error_releases.routes import endpoint_of
from lambdas.error_releases.settings import ProjectToken
from lambdas.shared.clock import Deadline
from lambdas.shared.error_tracking.deployments import BadDeploymentError
from lambdas.shared.error_tracking.versions import BadVersionError
from lambdas.shared.observability import logger
from lambdas.shared.stored_values import StoredValues


def respond(
    event: Mapping[str, Any],
    to: Dependencies,
    tokens: Iterable[ProjectToken],
    values: StoredValues,
    deadline: Deadline,
) -> dict[str, Any]:
    try:
        request = request_of(event)
        return _answered(Call(request, project_of(request, tokens, values), to, deadline), request)
    except (BadVersionError, BadDeploymentError) as error:
        return _refused(RefusedError(HTTPStatus.BAD_REQUEST, str(error)))
    except RefusedError as refusal:
        return _refused(refusal)


def _refused(refusal: RefusedError) -> dict[str, Any]:
    logger.info("request refused", status=int(refusal.status), reason=refusal.detail)
    return answer({"detail": refusal.detail}, refusal.status)


def _answered(call: Call, request: Request) -> dict[str, Any]:
    endpoint, named = endpoint_of(request.method, request.path)
    if named.get("organization", call.to.organization) != call.to.organization:
        raise RefusedError(  # at Sentry it is not found, of which sentry-cli does not show the reason
            HTTPStatus.FORBIDDEN, f"there is no such organization (SENTRY_ORG is {call.to.organization!r})"
        )
    call.refuse_others([named[name] for name in ("project",) if name in named])
    return endpoint(call, named)
