"""`python -m infra.check_stage STAGE`: whether a stage in AWS works, one line for each thing that must be so.

Each line begins with `ok` or with `MISSING`, and then says what to do. Rules: nothing is changed; a part of AWS that
does not answer is a line like any other, so that the rest is still looked at. Exit code 0: nothing is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import urllib3

from chalicelib.record import instant
from infra import stage
from infra.stage import Clients, Stack, StageError

Fetch: TypeAlias = Callable[[str], tuple[int, bytes]]
"""Address → status and body of what answers there."""

TRY_AGAIN = "try again; your user may lack the right to read it"
LATEST_TICK = timedelta(hours=26)
"""The daily run comes at six; two hours of grace."""


@dataclass(frozen=True)
class Found:
    """One thing that was looked at. `todo` is what to do about it; empty when it is as it should be."""

    what: str
    todo: str = ""


Look: TypeAlias = Callable[[], Iterator[Found]]


def fetch(address: str) -> tuple[int, bytes]:
    """What answers at an address, within ten seconds. Raises StageError when nothing does."""
    try:
        answer = urllib3.PoolManager().request("GET", address, timeout=10.0, retries=1)
    except urllib3.exceptions.HTTPError as error:
        raise StageError(f"{address} does not answer ({type(error).__name__})") from error
    return answer.status, answer.data


def health(stack: Stack, get: Fetch, at: datetime) -> Iterator[Found]:
    """The pages, the table behind them, and the daily run."""
    address = stack.outputs["Address"]
    status, body = get(f"{address}healthz")
    if status != 200:
        yield Found(f"the pages answer with {status}", "read the log of the API function (docs/operating.md)")
        return
    yield Found(f"the pages answer at {address}")
    last = json.loads(body).get("last_tick")
    if last is None:
        yield Found("the daily run has never come", "it comes at 06:00 UTC; look again after that")
    elif at - instant(last) > LATEST_TICK:
        yield Found(f"the daily run last came at {last}", "see DailyNotRunning in docs/operating.md")
    else:
        yield Found(f"the daily run last came at {last}")


def sender(client: Clients, stack: Stack) -> Iterator[Found]:
    """Whether SES may send as the council, and to everybody."""
    name = stage.sender(stack.answers)
    known = stage.identity(client, name)
    if known is None:
        yield Found(f"SES does not know {name}", "deploy again with MailIdentity=new among the answers")
        return
    if known.get("VerifiedForSendingStatus"):
        yield Found(f"SES may send as {name}")
    else:
        how = "add the DNS records below" if "@" not in name else f"press the link in Amazon's mail to {name}"
        yield Found(f"SES may not send as {name} yet", how)
    yield from records(name, known.get("DkimAttributes", {}), stack)


def records(name: str, dkim: dict[str, object], stack: Stack) -> Iterator[Found]:
    """The DNS records of a mail domain that SES has not seen yet."""
    if "@" in name:
        return
    if dkim.get("Status") == "SUCCESS":
        yield Found(f"the DKIM records of {name} are there")
        return
    tokens = dkim.get("Tokens")
    for token in tokens if isinstance(tokens, list) else ():
        record = f"{token}._domainkey.{name} CNAME {token}.dkim.amazonses.com"
        yield Found(f"a DKIM record of {name}", f"add {record}")
    if not tokens:
        yield Found(f"the DKIM records of {name} ({dkim.get('Status')})", "see the identity in the SES console")


def sandbox(client: Clients) -> Iterator[Found]:
    """Whether the account may write to people whom SES does not know."""
    if client("sesv2").get_account().get("ProductionAccessEnabled"):
        yield Found("SES may write to everybody")
    else:
        yield Found("SES is in its sandbox", "ask Amazon for production access (docs/deploying.md, step 4)")


def alarms(client: Clients, stack: Stack) -> Iterator[Found]:
    """Every alarm of the stack, and whether anybody hears it."""
    names = stage.parts(client, stack.name, "AWS::CloudWatch::Alarm")
    called = {physical: logical for logical, physical in names.items()}
    pages = client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNames=sorted(called))
    states = {one["AlarmName"]: one["StateValue"] for page in pages for one in page["MetricAlarms"]}
    ringing = [called[name] for name, state in states.items() if state == "ALARM"]
    for name in sorted(ringing):
        yield Found(f"the alarm {name} rings", f"see {name} in docs/operating.md")
    gone = sorted(called[name] for name in called.keys() - states.keys())
    for name in gone:
        yield Found(f"the alarm {name} is gone", "deploy again")
    if not ringing and not gone:
        yield Found(f"{len(states)} alarms, none of which rings")
    if not stack.answers.get("AlarmEmail"):
        yield Found("nobody is told of alarms", "deploy again with AlarmEmail among the answers")
        return
    (topic,) = stage.parts(client, stack.name, "AWS::SNS::Topic").values()
    told = client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    if any(one["SubscriptionArn"].startswith("arn:") for one in told):
        yield Found("somebody is told of alarms")
    else:
        yield Found("AlarmEmail has not been confirmed", "press the link in the mail from AWS Notifications")


def look(client: Clients, stack: Stack, get: Fetch, at: datetime) -> Iterator[Found]:
    """Everything that must be so."""
    healthy = stack.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE")
    yield Found(f"the stack {stack.name} is {stack.status}", "" if healthy else "see its events in the console")
    looks: tuple[Look, ...] = (
        lambda: health(stack, get, at),
        lambda: sender(client, stack),
        lambda: sandbox(client),
        lambda: alarms(client, stack),
    )
    for one in looks:
        try:
            yield from one()
        except (StageError, *stage.FAULTS, ValueError, KeyError) as error:
            what = f"could not be looked at ({stage.plainly(error)})"
            yield Found(what, TRY_AGAIN)


def check(client: Clients, named: str, get: Fetch, at: datetime) -> int:
    """The command, with its arguments read; the exit code. Raises StageError."""
    name = stage.stack_name(named)
    stack = stage.find(client, name)
    if stack is None:
        raise StageError(f"there is no stack {name} in this account and region: run make deploy STAGE={named}")
    missing = 0
    for found in look(client, stack, get, at):
        missing += bool(found.todo)
        print(f"MISSING  {found.what}: {found.todo}" if found.todo else f"ok       {found.what}")
    domain = (stage.sender(stack.answers)).rpartition("@")[2]
    print(f"not seen from here: the DMARC record; `dig +short TXT _dmarc.{domain}` must print v=DMARC1 …")
    return 1 if missing else 0


def main(arguments: list[str] | None = None, client: Clients | None = None, get: Fetch = fetch) -> int:
    """The command; see the module."""
    parser = argparse.ArgumentParser(prog="python -m infra.check_stage", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("stage", help="which stage")
    given = parser.parse_args(arguments)
    return stage.command(lambda: check(client or stage.clients(), given.stage, get, datetime.now(UTC)))


if __name__ == "__main__":
    sys.exit(main())
