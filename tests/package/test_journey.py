"""The whole journey on the packaged functions, each in its own process and under its own policy.

The tests run in the order in which they stand: each goes on from where the one before it stopped, and the last ones
look at what all of them together asked of AWS.
"""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
import webtest

from chalicelib import access, wiring
from infra import check_stage, deploy, stage, teardown
from infra.local.mailbox import Message
from tests.package.cloud import STAGE, Browser, Cloud
from tests.package.conftest import Package
from tests.package.deployed import ANSWERS
from tests.support.client import main_form

pytestmark = pytest.mark.package

CLERK, CHAIR = ANSWERS["ClerkEmail"], ANSWERS["ChairEmail"]
COUNCILLOR = "robin.ashe@council.example"
TEXT = "The hall will be open on Saturday – come & see the new stage 🎭"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"a stage, as far as anybody looks"

ONLY_IN_AWS = {
    "logs:CreateLogStream": "Lambda itself writes a function's log, with the function's role.",
    "logs:PutLogEvents": "Lambda itself writes a function's log, with the function's role.",
    "dynamodb:DescribeStream": "Lambda itself reads the stream, with the role of the function that it calls.",
    "dynamodb:GetRecords": "Lambda itself reads the stream, with the role of the function that it calls.",
    "dynamodb:GetShardIterator": "Lambda itself reads the stream, with the role of the function that it calls.",
    "dynamodb:ListStreams": "Lambda itself finds the stream, with the role of the function that it calls.",
}
"""What a policy must allow though none of our own calls uses it, and why."""


@pytest.fixture(scope="module")
def cloud(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The package, deployed and running."""
    folder = tmp_path_factory.mktemp("cloud")
    answers, answered = folder / "answers.txt", ANSWERS | {"AlarmEmail": "it@council.example"}
    answers.write_text("".join(f"{name}={value}\n" for name, value in answered.items()), "utf-8")
    with Cloud(folder) as running:
        running.deploy("--build", str(package.zip.parent), "--answers", str(answers))
        yield running


@pytest.fixture(scope="module")
def clerk(cloud: Cloud) -> Browser:
    """The Clerk's browser."""
    return cloud.browser()


@pytest.fixture(scope="module")
def councillor(cloud: Cloud) -> Browser:
    """A councillor's browser."""
    return cloud.browser()


def test_home_page_comes_with_its_style_sheet(cloud: Cloud) -> None:
    home = cloud.browser().get("/api/")

    assert "Market Ashby &amp; Thorne Parish Council" in home.text
    (sheet,) = re.findall(r'href="(/api/assets/clerkwell-[^"]+)"', home.text)
    assert cloud.browser().get(sheet).content_type == "text/css"


def test_it_is_ready_and_knows_what_is_not_there(cloud: Cloud) -> None:
    assert cloud.browser().get("/api/healthz").json == {"status": "ready", "last_tick": None}
    nowhere = cloud.browser().get("/api/nowhere", status=404)

    assert "Page not found" in nowhere.text
    assert "default-src 'none'" in nowhere.headers["Content-Security-Policy"]


def test_clerk_of_the_settings_signs_in_and_adds_a_councillor(cloud: Cloud, clerk: Browser) -> None:
    sign_in(cloud, clerk, CLERK)
    today = datetime.now(UTC)
    form = main_form(clerk.get("/api/register/add"))
    for name, value in (("name", "Robin Ashe"), ("title", "Cllr"), ("email", COUNCILLOR)):
        form[name] = value
    for box in form.fields["roles"]:
        box.checked = box._value == "councillor"
    for name, number in (("since-day", 1), ("since-month", 1), ("since-year", today.year)):
        form[name] = str(number)

    assert "Robin Ashe" in form.submit(status=303).follow().text


def test_councillor_asks_with_a_picture(cloud: Cloud, councillor: Browser) -> None:
    sign_in(cloud, councillor, COUNCILLOR)
    page = answer(councillor.get("/api/check"), in_name_of="council")
    page = answer(page, platform="facebook")
    page = answer(page, text=TEXT)
    page = answer(page)
    page = answer(page, has_pictures="yes", picture_owner="I took it myself", picture_consent="given")
    page = send_picture(councillor, page, PICTURE + b"2")
    (remove,) = [form for form in page.forms.values() if "remove" in form.fields]
    page = remove.submit(status=303).follow()
    page = send_picture(councillor, page, PICTURE)
    page = councillor.get(str(page.html.select("main a.govuk-button")[0]["href"]))
    page = answer(answer(page))

    assert "Check your answers" in page.text
    sent = main_form(page).submit(status=303).follow()
    assert "Your request has been sent" in sent.text


def test_clerk_decides_from_the_link_and_the_councillor_hears(cloud: Cloud) -> None:
    mail = cloud.last_mail(CLERK)
    assert TEXT in mail.part("plain")
    browser, link = cloud.browser(), link_in(cloud, mail)
    browser.head(link)
    browser.get(link)
    page = browser.get(link)
    assert "Morgan Hale" in page.text
    address = page.html.select("main img")[0]["src"]
    assert urllib3.PoolManager().request("GET", str(address)).data == PICTURE

    form = main_form(page)
    form["decision"] = "approve"
    form.submit(status=303)

    told = cloud.last_mail(COUNCILLOR)
    assert TEXT in told.part("plain")
    assert "Receipt" in cloud.last_mail(CHAIR).subject()


def test_councillor_records_what_was_posted(councillor: Browser) -> None:
    requests = councillor.get("/api/checks")
    (path,) = {str(a["href"]) for a in requests.html.select("main a") if re.search("/check/....-....$", str(a["href"]))}
    page = councillor.get(path)
    (form,) = [form for form in page.forms.values() if "where" in form.fields]
    form["where"], form["text"] = "Our page", TEXT

    assert "Matches what was approved" in form.submit(status=303).follow().text


def test_officer_sees_it_on_the_desk(clerk: Browser) -> None:
    assert "Robin Ashe" in clerk.get("/api/desk").text


def test_what_nobody_answers_is_reminded_of_and_then_lapses(cloud: Cloud, councillor: Browser) -> None:
    ask_plainly(councillor, "May I say who spoke against the car park?")
    before = len(cloud.mailbox.messages)
    now = wiring.now()

    assert cloud.every_day(now + timedelta(days=10))["check"] == 1
    cloud.every_minute(now + timedelta(days=10, minutes=1))
    assert len(cloud.mailbox.messages) > before
    for days in (11, 12, 20):
        cloud.every_day(now + timedelta(days=days))
    cloud.every_minute(now + timedelta(days=20, minutes=1))
    assert "lapsed" in cloud.last_mail(COUNCILLOR).part("plain")
    assert cloud.browser().get("/api/healthz").json["last_tick"]


def test_a_mail_that_comes_back_is_noted_and_the_stand_in_is_asked(cloud: Cloud, councillor: Browser) -> None:
    ask_plainly(councillor, "May I show the plan of the playground?")
    asked = cloud.last_mail(CLERK)

    cloud.mail_news(asked, "Bounce", wiring.now())
    cloud.every_minute(wiring.now() + timedelta(minutes=1))
    assert "playground" in cloud.last_mail(CHAIR).part("plain")


def test_clerk_adopts_a_policy_and_everybody_is_asked_to_sign_it(
    cloud: Cloud, clerk: Browser, councillor: Browser
) -> None:
    today, now = datetime.now(UTC), wiring.now()
    draft = answer(clerk.get("/api/policy/edit"), how="standard")
    meeting = {"meeting-day": str(today.day), "meeting-month": str(today.month), "meeting-year": str(today.year)}
    adopt = str(draft.request.path).removesuffix("/edit") + "/adopt"
    assert "in force" in answer(clerk.get(adopt), **meeting, minute="26/1").text
    form = main_form(clerk.get("/api/register/add"))
    joins = today + timedelta(days=3)
    for name, value in (("name", "Ash Later"), ("email", "ash.later@council.example")):
        form[name] = value
    for box in form.fields["roles"]:
        box.checked = box._value == "councillor"
    for name, number in (("since-day", joins.day), ("since-month", joins.month), ("since-year", joins.year)):
        form[name] = str(number)
    form.submit(status=303)

    cloud.every_minute(now + timedelta(minutes=2))
    mail = cloud.last_mail(COUNCILLOR)
    assert "Please read and sign" in mail.subject()
    assert "/sign-off?" in str(councillor.get("/api/check", status=303).location)
    page = cloud.browser().get(link_in(cloud, mail))
    signing = main_form(page)
    signing["read"] = True
    assert "You have signed the policy" in signing.submit(status=303).follow().text
    councillor.get("/api/check", status=200)

    done = cloud.every_day(now + timedelta(days=8))
    assert done["sign-off"] == 1 + 2, "whoever joined meanwhile is asked; two are reminded"
    cloud.mail_news(cloud.last_mail(CHAIR), "Bounce", wiring.now())
    cloud.every_day(now + timedelta(days=29))
    cloud.every_minute(now + timedelta(days=29, minutes=1))
    unsigned = cloud.last_mail(CLERK)
    assert "not signed version 1" in unsigned.subject()
    cloud.mail_news(unsigned, "Bounce", wiring.now())
    assert "Morgan Hale" in clerk.get("/api/signoffs").text
    assert clerk.get("/api/signoffs/csv").content_type == "text/csv"
    # Most of a year later the review of the policy is opened, with the year's figures.
    cloud.every_day(now + timedelta(days=310))


def test_ses_would_take_every_tag(cloud: Cloud) -> None:
    # The embedded SES takes any; Amazon's refuses the whole mail for a single dot.
    values = {value for message in cloud.mailbox.messages for value in message.tags.values()}

    assert values
    assert [value for value in values if not re.fullmatch("[A-Za-z0-9_-]{1,256}", value)] == []


def test_somebody_reports_with_evidence_and_comes_back(cloud: Cloud) -> None:
    reporter = cloud.browser()
    page = main_form(reporter.get("/api/report")).submit(status=303).follow()
    answer(page, what_happened="A post mocks the people at the food bank.")
    answer(reporter.get("/api/report/new/who"), subject="unknown")
    page = send_picture(reporter, reporter.get("/api/report/new/evidence"), PICTURE)
    assert "1 file so far" in page.text
    page = answer(reporter.get("/api/report/new/answers"))
    reference, code = (str(found.get_text()) for found in page.html.select(".cw-receipt__code"))
    page = answer(reporter.get("/api/report/follow-up"), reference=reference, code=code)
    assert "reporter-1.png" in page.text
    assert "has been sent" in answer(page, text="It was on Sunday.").text
    program = {"what_happened": "As above", "subject": "unknown", "where": "https://social.example/posts/1"}
    assert reporter.post_json("/api/breach-reports", program, status=201).json["receipt_code"]
    assert reporter.get("/api/openapi.json").json["servers"] == [{"url": "/api"}]


def test_clerk_makes_a_pack_of_the_case_and_the_handler_is_chased(cloud: Cloud, clerk: Browser) -> None:
    cases = {str(a["href"]) for a in clerk.get("/api/cases").html.select("main td a")}
    found = {path: clerk.get(path) for path in cases}
    (path,) = [path for path, page in found.items() if "reporter-1.png" in page.text]
    form = main_form(clerk.get(f"{path}/take-pack"))
    for name, value in (("who", "The police"), ("reason", "They asked."), ("named", "no")):
        form[name] = value
    pack = urllib3.PoolManager().request("GET", str(form.submit(status=303).location)).data
    assert PICTURE in pack
    assert "Pack fetched" in clerk.get(path).text

    assert cloud.every_day(wiring.now() + timedelta(days=5))["case"] >= len(cases)


def test_councillor_signs_out(councillor: Browser) -> None:
    page = main_form(councillor.get("/api/sign-out")).submit(status=303).follow()

    assert "You are signed out" in page.text
    councillor.get("/api/checks", status=303)


def test_every_figure_that_is_watched_is_written_by_the_function_that_it_is_watched_of(cloud: Cloud) -> None:
    written = set()
    for function in cloud.functions.values():
        for line in function.log.read_text("utf-8").splitlines():
            told = json.loads(line) if line.startswith("{") else {}
            for kept in told.get("_aws", {}).get("CloudWatchMetrics", ()):
                names = [(name, told[name]) for (name,) in kept["Dimensions"]]
                written |= {(kept["Namespace"], one["Name"], *names) for one in kept["Metrics"] if one["Name"] in told}
    alarms = cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix=cloud.name)["MetricAlarms"]
    watched = {
        (alarm["Namespace"], alarm["MetricName"], *((one["Name"], one["Value"]) for one in alarm["Dimensions"]))
        for alarm in alarms
        if not alarm.get("Namespace", "AWS/").startswith("AWS/")
    }

    assert {name for _, name, *_ in watched} == {"MailsDue", "OldestRequestDays"}
    assert watched <= written
    assert {name for _, name, *_ in written} == {"MailsDue", "OldestRequestDays", "Ticks"}


def test_every_call_was_allowed_by_the_policy_of_its_function(cloud: Cloud) -> None:
    assert cloud.guard.refused == []
    assert {name for name, _ in cloud.guard.calls} == {"APIHandler", "Outbox", "Daily", "MailEvents"}


def test_every_permission_was_used_by_some_call(cloud: Cloud) -> None:
    unused = {
        f"{name}, {permission}"
        for name, function in cloud.deployed.items()
        for permission in function.permissions
        if (name, permission) not in cloud.guard.used and permission.action not in ONLY_IN_AWS
    }
    needless = {p.action for f in cloud.deployed.values() for p in f.permissions} & set(ONLY_IN_AWS)

    assert unused == set()
    assert needless == set(ONLY_IN_AWS)


def test_verify_says_what_works_and_what_is_missing(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    sender = ANSWERS["MailFrom"]
    alarms = stage.parts(cloud.client, cloud.name, "AWS::CloudWatch::Alarm")
    cloud.client("cloudwatch").set_alarm_state(
        AlarmName=alarms["MailWaiting"], StateValue="ALARM", StateReason="a rehearsal"
    )

    assert check_stage.check(cloud.client, STAGE, cloud.fetch, wiring.now()) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith("MISSING")] == [
        f"MISSING  SES may not send as {sender} yet: press the link in Amazon's mail to {sender}",
        # moto's SES has no account that could be in the sandbox.
        f"MISSING  could not be looked at (404 when calling GetAccount): {check_stage.TRY_AGAIN}",
        "MISSING  the alarm MailWaiting rings: see MailWaiting in docs/operating.md",
    ]
    assert f"ok       the pages answer at {cloud.address}/api/" in said
    assert "ok       somebody is told of alarms" in said


def test_links_and_sessions_outlive_a_new_version_and_the_way_back(
    cloud: Cloud, clerk: Browser, package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, table = cloud.package, cloud.outputs["TableName"]
    next_one = shutil.copytree(package.zip.parent, tmp_path / "next")
    with zipfile.ZipFile(next_one / "deployment.zip", "a") as archive:
        archive.writestr("next.txt", "the next version")
    chair, again = cloud.browser(), cloud.browser()
    link = sign_in_link(cloud, chair, CHAIR)

    cloud.deploy("--build", str(next_one))
    assert "~ change APIHandler (Lambda::Function)" in capsys.readouterr().out
    assert cloud.package != first
    assert "Robin Ashe" in clerk.get("/api/desk").text
    main_form(chair.get(link)).submit(status=303)
    link = sign_in_link(cloud, again, CHAIR)

    cloud.deploy("--package", first)
    assert (cloud.package, cloud.outputs["TableName"]) == (first, table)
    main_form(again.get(link)).submit(status=303)
    for browser in (clerk, chair, again):
        assert "Robin Ashe" in browser.get("/api/desk").text
    capsys.readouterr()
    assert deploy.main([STAGE, "--package", first, "--yes"], cloud.client) == 0
    assert f"is up to date: package {first}" in capsys.readouterr().out


def test_what_was_written_outlives_the_stage(cloud: Cloud) -> None:
    table = cloud.outputs["TableName"]

    assert teardown.main([STAGE, "--yes"], cloud.client) == 0
    assert stage.find(cloud.client, cloud.name) is None
    assert cloud.client("dynamodb").scan(TableName=table, Select="COUNT")["Count"] > 100
    assert cloud.client("s3").list_objects_v2(Bucket=cloud.outputs["BucketName"])["KeyCount"] > 0


def sign_in(cloud: Cloud, browser: Browser, email: str) -> None:
    """Ask for a link, take it from the mail, and use it."""
    main_form(browser.get(sign_in_link(cloud, browser, email))).submit(status=303)


def sign_in_link(cloud: Cloud, browser: Browser, email: str) -> str:
    """Ask for a link and take it from the mail."""
    form = main_form(browser.get("/api/sign-in"))
    form["email"] = email
    form.submit(status=303)
    return link_in(cloud, cloud.last_mail(email))


def link_in(cloud: Cloud, mail: Message) -> str:
    """The path of the one link in a mail that does something."""
    links = re.findall(rf"{re.escape(cloud.address)}(/api/(?:{'|'.join(access.LIFETIMES)})/\S+)", mail.part("plain"))
    (link,) = set(links)
    return str(link)


def answer(page: webtest.TestResponse, **answers: str) -> webtest.TestResponse:
    """Fill in the page's form, send it, and go on."""
    form = main_form(page)
    for name, value in answers.items():
        form[name] = value
    following: webtest.TestResponse = form.submit(status=303).follow()
    return following


def send_picture(browser: Browser, page: webtest.TestResponse, content: bytes) -> webtest.TestResponse:
    """Send a picture to the bucket, as the form says, and come back to the page that the bucket names."""
    (form,) = [form for form in page.forms.values() if "policy" in form.fields]
    fields: list[tuple[str, Any]] = [(name, value) for name, value in form.submit_fields() if name != "file"]
    fields.append(("file", ("stage.png", content, "image/png")))
    done = urllib3.PoolManager().request("POST", form.action, fields=fields, redirect=False)
    assert done.status == 303, done.data
    return browser.get(done.headers["Location"].partition(".amazonaws.com")[2])


def ask_plainly(browser: Browser, question: str) -> None:
    """Ask a question, all at once, as a script would."""
    page = main_form(browser.get("/api/check"))
    fields = {"in_name_of": "own", "platform": "facebook", "question": question, "ask": "either"}
    assert page.action
    browser.post("/api/check", fields, status=303)
