"""What breaks first as a database grows, by the model."""

import pytest

from cost.at_scale import put_into, rows
from cost.functions import BACKUP
from cost.templates import Templates
from tests.unit.cost.test_cost import MONTHLY, large_runs, of, schedule, templates

HEAD = "| database | backup | proof | a month of nights | what breaks |\n|---|---|---|---|---|\n"


@pytest.fixture
def production() -> Templates:
    """Both jobs, each with its state machine."""
    resources = large_runs()
    named = resources["Machine"]["Properties"]["DefinitionString"]["Fn::Join"][1][2:]
    definition = {"Fn::Join": ["", ['{"disk_gb":30,"disk_share":0', {"Fn::GetAtt": ["Backup", "Arn"]}, *named]]}
    machine = of("AWS::StepFunctions::StateMachine", StateMachineName=BACKUP, DefinitionString=definition)
    return templates(**resources, BackupMachine=machine, BackupSchedule=schedule("BackupMachine", MONTHLY))


@pytest.mark.parametrize(
    ("size", "backup", "broken"),
    [
        ("50 GB", "function", "nothing"),
        ("500 GB", "1.4 h, $0.23", "the RTO of 60 min, from a dump"),
        ("5 TB", "12.7 h, $2.1", "the default time limit of 12 h: set `time_limit_hours = 24`"),
        ("10 TB", "25.4 h, $4.3", "a run takes more than a day, and fails; the proof: no disk has 23 TB"),
    ],
)
def test_what_breaks_first(production, size, backup, broken):
    (row,) = [row for row in rows(production) if row.startswith(f"| {size} |")]
    assert row.startswith(f"| {size} | {backup}")
    assert broken in row


@pytest.mark.parametrize("old", ["", "| old |\n"])
def test_only_the_rows_of_the_table_are_replaced(production, old):
    written = put_into(f"before\n\n{HEAD}{old}\nafter\n\nend\n", production)
    assert written.startswith(f"before\n\n{HEAD}| 50 GB |")
    assert written.endswith(" |\n\nafter\n\nend\n")
    assert "old" not in written
