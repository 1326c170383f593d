"""The check request as a plain Flask application: sign-in page, form, sending, decision page, decision.

Written as its own documentation would have it: declarative models, a session for each request, WTForms, Jinja templates
that inherit from one base. It keeps what Clerkwell keeps (the request, a log, the mails to send, hashed tokens) in
SQLite's default mode, in a file, and checks what Clerkwell checks of a form. It lacks what is not the journey itself:
the post checker, the hash chain, the register's history.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import ForeignKey, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from werkzeug.wrappers import Response
from wtforms import EmailField, Form, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, Email, InputRequired, Length, Optional


class Base(DeclarativeBase):
    """What all tables have in common."""


class Person(Base):
    """Somebody on the register."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    role: Mapped[str] = mapped_column(String(20))


class SignedIn(Base):
    """A session."""

    __tablename__ = "signed_in"
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ends: Mapped[datetime]
    person: Mapped[Person] = relationship()


class Link(Base):
    """A link in a mail."""

    __tablename__ = "link"
    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    check_id: Mapped[str] = mapped_column(ForeignKey("check_request.id"))
    ends: Mapped[datetime]
    person: Mapped[Person] = relationship()
    check: Mapped[CheckRequest] = relationship()


class CheckRequest(Base):
    """What somebody asks."""

    __tablename__ = "check_request"
    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    in_name_of: Mapped[str] = mapped_column(String(10))
    platform: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(200))
    text: Mapped[str | None]
    question: Mapped[str | None]
    asker: Mapped[Person] = relationship()
    log: Mapped[list[Entry]] = relationship(order_by="Entry.id", cascade="all, delete-orphan")


class Entry(Base):
    """A line of a request's history."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[str] = mapped_column(ForeignKey("check_request.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(20))
    given: Mapped[str]
    person: Mapped[Person] = relationship()


class Mail(Base):
    """A mail to be sent."""

    __tablename__ = "mail"
    id: Mapped[int] = mapped_column(primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    check_id: Mapped[str] = mapped_column(ForeignKey("check_request.id"))
    template: Mapped[str] = mapped_column(String(30))
    due: Mapped[datetime] = mapped_column(index=True)


PLATFORMS = {"facebook": "Facebook", "x": "X (Twitter)", "instagram": "Instagram", "other": "Another"}
NAMES = {"council": "In the Council’s name", "own": "On my own account, about Council business"}
DECISIONS = {
    "approve": "Approve",
    "approve-with-edits": "Approve with my edits",
    "ask-for-changes": "Ask for changes",
    "reject": "Reject",
}


class SignInForm(Form):
    """Who wants a link."""

    email = EmailField("Your e-mail address", [InputRequired(), Email(), Length(max=254)])


class CheckForm(Form):
    """The whole request."""

    in_name_of = RadioField("In whose name would you post it?", [InputRequired()], choices=list(NAMES.items()))
    platform = RadioField("Where?", [InputRequired()], choices=list(PLATFORMS.items()))
    account = StringField("Which account?", [Length(max=200)])
    text = TextAreaField("The text", [Length(max=10_000)])
    question = TextAreaField("Or a question", [Length(max=2_000)])


class DecisionForm(Form):
    """What the officer says."""

    decision = RadioField("Your decision", [InputRequired(), AnyOf(list(DECISIONS))], choices=list(DECISIONS.items()))
    reason = TextAreaField("Reason", [Optional(), Length(max=2_000)])


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def now() -> datetime:
    """The present moment, as SQLite keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


journey = Blueprint("journey", __name__, template_folder="templates")


@journey.before_request
def begin() -> None:
    """A session with the database, and who is signed in."""
    g.db = Session(current_app.extensions["engine"])
    token = request.cookies.get("session")
    session = g.db.get(SignedIn, hashed(token)) if token else None
    g.person = session.person if session and session.ends > now() else None


@journey.teardown_request
def end(_error: BaseException | None) -> None:
    """Give the session back."""
    g.db.close()


@journey.get("/sign-in")
def sign_in() -> str:
    """The form for a link."""
    return render_template("sign_in.html", form=SignInForm())


@journey.route("/check", methods=["GET", "POST"])
def check() -> str | Response | tuple[str, int]:
    """The form, and what becomes of it when it is sent."""
    if g.person is None:
        return redirect(url_for("journey.sign_in"), 303)
    form = CheckForm(request.form)
    if request.method == "GET":
        return render_template("check.html", form=form, person=g.person)
    if not form.validate():
        return render_template("check.html", form=form, person=g.person), 422
    officer = g.db.scalars(select(Person).where(Person.role == "clerk")).one()
    made = CheckRequest(id=secrets.token_hex(4), asker_id=g.person.id, state="waiting", **form.data)
    made.log.append(Entry(person_id=g.person.id, at=now(), action="submit", given=json.dumps(form.data)))
    g.db.add(made)
    for to, template in ((officer, "check-asked"), (g.person, "check-received")):
        g.db.add(Mail(to_id=to.id, check_id=made.id, template=template, due=now()))
    g.db.commit()
    return redirect(f"/check/{made.id}?done=sent", 303)


@journey.route("/decide/<token>", methods=["GET", "POST"])
def decide(token: str) -> str | Response | tuple[str, int]:
    """The request behind a link, and the decision."""
    link = g.db.get(Link, hashed(token))
    if link is None or link.ends < now():
        abort(404)
    form, asked = DecisionForm(request.form), link.check
    if request.method == "GET":
        return render_template("decide.html", form=form, asked=asked, person=link.person, names=NAMES)
    if not form.validate():
        return render_template("decide.html", form=form, asked=asked, person=link.person, names=NAMES), 422
    if asked.state != "waiting":
        return render_template("decide.html", form=form, asked=asked, person=link.person, names=NAMES), 409
    asked.state = form.decision.data
    asked.log.append(Entry(person_id=link.person.id, at=now(), action="decide", given=json.dumps(form.data)))
    for to, template in ((asked.asker_id, "check-decided"), (link.person_id, "check-receipt")):
        g.db.add(Mail(to_id=to, check_id=asked.id, template=template, due=now()))
    g.db.commit()
    return redirect(f"/decide/{token}", 303)


def create_app(database: str) -> Flask:
    """The application over a database file, its tables made."""
    app = Flask(__name__)
    engine = app.extensions["engine"] = create_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine)
    app.register_blueprint(journey)
    return app


def seeded(database: str) -> tuple[Flask, str, Any]:
    """The app with a councillor who is signed in, the Clerk, and their colleagues; the councillor's token; a function
    that makes a link to decide on the request with this id."""
    app = create_app(database)
    engine = app.extensions["engine"]
    token = secrets.token_urlsafe(32)
    with Session(engine) as db:
        people = [Person(name=f"Councillor {n}", email=f"councillor{n}@council.example", role="") for n in range(1, 8)]
        clerk = Person(name="The Clerk", email="clerk@council.example", role="clerk")
        db.add_all([*people, clerk])
        db.flush()
        db.add(SignedIn(token=hashed(token), person_id=people[0].id, ends=now() + timedelta(hours=12)))
        db.commit()
        officer = clerk.id

    def link(check: str) -> str:
        secret = secrets.token_urlsafe(32)
        with Session(engine) as db:
            ends = now() + timedelta(days=14)
            db.add(Link(token=hashed(secret), person_id=officer, check_id=check, ends=ends))
            db.commit()
        return f"/decide/{secret}"

    return app, token, link
