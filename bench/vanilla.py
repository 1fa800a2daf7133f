"""The yardstick: Flask-AppBuilder as its documentation shows it, one table, one ModelView, nothing overridden.

It runs in a process of its own, because the house prepares FAB's shared classes for itself. One JSON line in, one JSON line out.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder, Model, ModelView
from flask_appbuilder.models.sqla.base import SQLA
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import BigInteger, Column, Date, DateTime, ForeignKey, Index, Integer, String, Text, insert
from sqlalchemy.orm import relationship

from bench.measuring import Sample, Statements, sampled
from bench.rows import SOUGHT, customers
from core.database.engine import refresh_statistics

PASSWORD = "vanilla-vanilla"
SHOWN = ["name", "star_grade", "state", "owner", "last_contact_at", "next_contact_on", "industry", "region"]
FORM = [
    *("name", "code", "kind", "industry", "region", "city", "star_grade", "source", "address", "phone", "email", "website"),
    *("settlement", "payment_terms", "discount", "credit_code", "erp_name", "erp_code"),
    *("size", "cooperating_since", "listed_on", "needs", "preferences", "note"),
]
FILTERS = ["name", "state", "review", "owner", "region", "industry", "star_grade", "next_contact_on"]


class Employee(Model):  # type: ignore[misc, valid-type]
    """Who owns a customer."""

    __tablename__ = "vanilla_employee"
    id = Column(Integer, primary_key=True)
    name = Column(String(60), nullable=False)

    def __repr__(self) -> str:
        return str(self.name)


def _moment() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Customer(Model):  # type: ignore[misc, valid-type]
    """The same columns and indexes as customers_customer."""

    __tablename__ = "vanilla_customer"
    id = Column(Integer, primary_key=True)
    version = Column(Integer, default=1, nullable=False)
    created_at = Column(DateTime, default=_moment, nullable=False)
    updated_at = Column(DateTime, default=_moment, onupdate=_moment, nullable=False)
    company_id = Column(Integer, default=1, nullable=False)
    owner_id = Column(Integer, ForeignKey("vanilla_employee.id"), default=1, nullable=False)
    owner = relationship(Employee)
    name = Column(String(120), nullable=False)
    code = Column(String(40))
    kind = Column(String(40), default="company")
    state = Column(String(40), default="pending")
    review = Column(String(40), default="pending")
    review_note = Column(String(500))
    state_reason = Column(String(500))
    star_grade = Column(Integer)
    industry = Column(String(60))
    region = Column(String(40))
    city = Column(String(40))
    address = Column(String(250))
    phone = Column(String(40))
    email = Column(String(254))
    website = Column(String(200))
    size = Column(String(40))
    credit_code = Column(String(18))
    listed_on = Column(Date)
    erp_name = Column(String(120))
    erp_code = Column(String(40))
    cooperating_since = Column(Date)
    source = Column(String(40))
    settlement = Column(String(40))
    payment_terms = Column(String(200))
    discount = Column(BigInteger)
    needs = Column(Text)
    preferences = Column(Text)
    note = Column(Text)
    last_contact_at = Column(DateTime)
    next_contact_on = Column(Date)
    next_step = Column(String(200))
    __table_args__ = tuple(
        Index(f"ix_vanilla_customer_{name}", "company_id", name, "id")
        for name in ("name", "state", "region", "industry", "last_contact_at")
    )

    def __repr__(self) -> str:
        return str(self.name)


class CustomerView(ModelView):  # type: ignore[misc]
    """One view, as in the tutorial; ordered, because nobody would leave that out."""

    datamodel = SQLAInterface(Customer)
    list_columns = SHOWN
    add_columns = edit_columns = FORM
    show_columns = [*FORM, "state", "review", "owner"]
    search_columns = FILTERS
    base_order = ("id", "desc")
    page_size = 20


def application(url: str) -> Any:
    """The application with its table made and an administrator."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="vanilla", SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_TRACK_MODIFICATIONS=False)
    db = SQLA()
    db.init_app(app)
    with app.app_context():
        builder = AppBuilder(app, db.session)
        builder.add_view(CustomerView, "Customers", icon="fa-building", category="Customers")
        builder.sm.add_user("admin", "Ad", "Min", "admin@example.invalid", builder.sm.find_role("Admin"), PASSWORD)
    return app


def fill(app: Any, count: int) -> None:
    """Write the customers, past everything that could slow it down."""
    with app.app_context(), app.extensions["sqlalchemy"].engine.begin() as connection:
        connection.execute(insert(Employee), [{"id": number, "name": f"员工{number}"} for number in range(1, 13)])
        batch = []
        for row in customers(count, (1, 2)):
            row["last_contact_at"] = row["last_contact_at"].replace(tzinfo=None)
            batch.append(row)
            if len(batch) == 5_000:
                connection.execute(insert(Customer), batch)
                batch = []
        if batch:
            connection.execute(insert(Customer), batch)
    with app.app_context():
        refresh_statistics(app.extensions["sqlalchemy"].engine)  # both sides alike


class Answering:
    """The pages by the names that the bench uses."""

    def __init__(self, app: Any) -> None:
        self.client = app.test_client()
        with app.app_context():
            self.statements = Statements(app.extensions["sqlalchemy"].engine)
        page = self.client.get("/login/").get_data(as_text=True)
        signed = self.client.post("/login/", data={"username": "admin", "password": PASSWORD, **_token(page)})
        assert signed.status_code == 302, signed.status
        self.token = _token(self.client.get("/customerview/add").get_data(as_text=True))

    def ask(self, page: str, number: int) -> Sample:
        """Ask for the page; ``number`` chooses the record."""
        path, form = self.where(page, number)
        with sampled(self.statements, lambda: len(body)) as found:
            response = self.client.open(path, method="POST" if form else "GET", data=form or None)
            body = response.get_data()
        assert response.status_code == (302 if form else 200), f"{path}: {response.status}"
        return found[0]

    def where(self, page: str, number: int) -> tuple[str, dict[str, Any]]:
        """Address and form of the page."""
        if page == "create":
            return "/customerview/add", {"name": f"新客户{number}", "code": f"NEW-{number}", "kind": "company", **self.token}
        return {
            "list": "/customerview/list/",
            "page 1,000": "/customerview/list/?page_CustomerView=999&psize_CustomerView=20",
            "search": f"/customerview/list/?_flt_2_name={SOUGHT}",
            "detail": f"/customerview/show/{number}",
            "form": f"/customerview/edit/{number}",
        }[page], {}


def _token(page: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return {"csrf_token": found[1]} if found else {}


def main(url: str, count: int) -> None:
    """Serve the bench until its end of the pipe closes."""
    app = application(url)
    fill(app, count)
    answering = Answering(app)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(answering.ask(asked["page"], asked["number"]).__dict__), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
