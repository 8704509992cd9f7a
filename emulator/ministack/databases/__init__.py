"""RDS instances of PostgreSQL are real servers, reached as at AWS: by TLS, with a password or an IAM token.

MiniStack keeps an instance's record and leaves the server to Docker. Here each instance has a PostgreSQL
of its own behind a proxy at the instance's endpoint, an address of the loopback interface.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import rds
from ministack.services.cloudformation import provisioners

from emulator.ministack.databases import in_use, instances, parameter_values, restores

_EXPORTS = "EnabledCloudwatchLogsExports"
_NO_EXPORTS = f"<{_EXPORTS}/>"
_create_resource = provisioners._rds_db_instance_create
_delete_resource = provisioners._rds_db_instance_delete
_attributes = provisioners._rds_db_instance_attrs
_create_by_call = rds._create_db_instance_impl
_delete_by_call = rds._delete_db_instance_impl


def register() -> None:
    handlers = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBInstance"]
    handlers["create"] = provisioners._rds_db_instance_create = create_resource
    handlers["delete"] = provisioners._rds_db_instance_delete = delete_resource
    provisioners._rds_db_instance_attrs = attributes
    rds._create_db_instance_impl = create_by_call
    rds._delete_db_instance_impl = delete_by_call
    rds._instance_xml = described_whole(rds._instance_xml)
    in_use.register()
    parameter_values.register()
    restores.register()


def create_resource(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, Any]]:
    if properties.get("DBInstanceIdentifier") in rds._instances:
        raise ValueError(f"DB instance {properties['DBInstanceIdentifier']} already exists")
    identifier, _ = _create_resource(logical_id, properties, stack)
    instance = rds._instances[identifier]
    instance[_EXPORTS] = list(properties.get("EnableCloudwatchLogsExports", ()))
    instances.start(instance, manage_password=provisioners._cfn_bool(properties.get("ManageMasterUserPassword")))
    return identifier, attributes(instance)


def delete_resource(identifier: str, properties: dict[str, Any]) -> None:
    instance = rds._instances.get(identifier, {})
    if instance.get("DeletionProtection"):
        raise ValueError("Cannot delete protected DB Instance, please disable deletion protection and try again.")
    instances.stop(instance)
    _delete_resource(identifier, properties)


def create_by_call(parameters: Any) -> Any:
    answer = _create_by_call(parameters)
    if answer[0] != 200:  # noqa: PLR2004
        return answer
    instance = rds._instances[rds._p(parameters, "DBInstanceIdentifier")]
    instance[_EXPORTS] = rds._parse_member_list(parameters, "EnableCloudwatchLogsExports") or []
    instances.start(instance, manage_password=rds._p(parameters, "ManageMasterUserPassword") == "true")
    return rds._single_instance_response("CreateDBInstanceResponse", "CreateDBInstanceResult", instance)


def delete_by_call(parameters: Any) -> Any:
    instance = rds._instances.get(rds._p(parameters, "DBInstanceIdentifier"))
    answer = _delete_by_call(parameters)
    if answer[0] == 200:  # noqa: PLR2004
        instances.stop(instance)
    return answer


def attributes(instance: dict[str, Any]) -> dict[str, Any]:
    known: dict[str, Any] = _attributes(instance)
    secret = instance.get("MasterUserSecret")
    return known | ({"MasterUserSecret.SecretArn": secret["SecretArn"]} if secret else {})


def described_whole(xml: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
    """The description of an instance, with the secret that RDS keeps its master password in and the logs it exports."""

    def instance_xml(instance: dict[str, Any]) -> str:
        secret, logs = instance.get("MasterUserSecret", {}), instance.get(_EXPORTS, ())
        members = "".join(f"<{name}>{value}</{name}>" for name, value in secret.items())
        exports = "".join(f"<member>{log}</member>" for log in logs)
        described = xml(instance).replace(_NO_EXPORTS, f"<{_EXPORTS}>{exports}</{_EXPORTS}>")
        return described + (f"<MasterUserSecret>{members}</MasterUserSecret>" if secret else "")

    return instance_xml
