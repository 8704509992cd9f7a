"""API Gateway's HTTP APIs at an address that any client of this machine reaches.

MiniStack's own is a host below `localhost`, which resolvers of some machines do not know; it also answers by a path.
"""

import os
from collections.abc import Mapping
from typing import Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

_API = "AWS::ApiGatewayV2::Api"
_create = provisioners._RESOURCE_HANDLERS[_API]["create"]


def register() -> None:
    provisioners._RESOURCE_HANDLERS[_API]["create"] = create


def create(logical_id: str, properties: Mapping[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    reference, attributes = _create(logical_id, properties, stack)
    endpoint = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/_aws/execute-api/{reference}"
    apigateway._apis[reference]["apiEndpoint"] = endpoint
    return reference, {**attributes, "ApiEndpoint": endpoint}
