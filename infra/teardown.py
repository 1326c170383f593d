"""`python -m infra.teardown STAGE`: take a stage's stack away and leave its data where they are.

The table and the bucket have the deletion policy Retain, and so has the sender's proof; the functions, the address, the
alarms and the logs go. Rules: whoever does it types the stage's name; where the data are is said before and after.
"""

from __future__ import annotations

import argparse
import sys

from botocore.exceptions import WaiterError

from infra import stage
from infra.stage import Clients, StageError

_PATIENCE = {"Delay": 5, "MaxAttempts": 720}


def teardown(client: Clients, given: argparse.Namespace) -> int:
    """The command, with its arguments read; the exit code. Raises StageError."""
    name = stage.stack_name(given.stage)
    stack = stage.find(client, name)
    if stack is None:
        raise StageError(f"there is no stack {name} in this account and region")
    kept = {**stage.parts(client, name, "AWS::DynamoDB::Table"), **stage.parts(client, name, "AWS::S3::Bucket")}
    print(f"{name} will be taken away: the pages, the mails, the alarms and the logs. These stay, with all they hold:")
    for part, where in sorted(kept.items()):
        print(f"  {part}: {where}")
    if not stage.agreed("Take it away?", given.stage, given.yes):
        print("Nothing was changed.")
        return 1
    formation = client("cloudformation")
    formation.delete_stack(StackName=name)
    try:
        formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=_PATIENCE)
    except WaiterError as error:
        reasons = "\n".join(f"  {line}" for line in stage.failures(client, name))
        raise StageError(f"not everything could be taken away:\n{reasons}") from error
    print("done. docs/operating.md says how a new stage is given the data of an old table.")
    return 0


def main(arguments: list[str] | None = None, client: Clients | None = None) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.teardown", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("stage", help="which stage")
    parser.add_argument("--yes", action="store_true", help="ask nobody")
    given = parser.parse_args(arguments)
    return stage.command(lambda: teardown(client or stage.clients(), given))


if __name__ == "__main__":
    sys.exit(main())
