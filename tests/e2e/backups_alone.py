"""The application with the stacks of an environment's database and backups, and nothing else: quickly deployed."""

from pathlib import Path

import aws_cdk

from lambdas.vocabulary.names import physical_name
from stacks.alerting_stack import AlertingStack
from stacks.application import keep_rules
from stacks.backups_stack import BackupsStack
from stacks.database_stack import DatabaseStack
from stacks.settings import load

app = aws_cdk.App()
environment = load(app.node.get_context("environment"), Path(app.node.get_context("environments")))
here = aws_cdk.Environment(account=environment.account, region=environment.region)
alerting = AlertingStack(app, physical_name(environment, "alerting"), environment=environment, env=here)
database = DatabaseStack(
    app, physical_name(environment, "database"), environment=environment, alarms=alerting.alarms, env=here
)
BackupsStack(
    app,
    physical_name(environment, "backups"),
    environment=environment,
    connection=database.connection,
    alarms=alerting.alarms,
    env=here,
)
keep_rules(app)
app.synth()
