"""What is too large, no file, or of no module, is refused at every door that takes it: one clear sentence, 4xx, nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from werkzeug.test import TestResponse

from plugins.customers.models import Customer
from tests.badinput.clear import unclear
from tests.badinput.test_bad_input import FIFTY_MEGABYTES, LANGUAGES, business, sentences, speak
from tests.plugins.conftest import Trade
from tests.web.test_importing import BAD, NEW
from tests.world import Browser, World

Clients = Callable[[str], Browser]
SELLER = "sales.east1"
SENT_AS_FORM = {"CONTENT_LENGTH": str(FIFTY_MEGABYTES), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
SENT_AS_JSON = {"CONTENT_LENGTH": str(FIFTY_MEGABYTES), "CONTENT_TYPE": "application/json"}
pytestmark = [
    pytest.mark.parametrize("language", LANGUAGES),
    pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True),
]


class Refusal(NamedTuple):
    """What was asked for, the answer, and the status that it must have."""

    name: str
    answer: TestResponse
    status: int


@pytest.fixture
def customer(world: World, language: str) -> Customer:
    """A customer of the salesperson, in a house that speaks the language."""
    found = Trade(world).customer(SELLER)
    speak(world, language)
    return found


def file(name: str, content: bytes) -> dict[str, Any]:
    """A form with a file."""
    return {"data": {"file": (BytesIO(content), name)}, "content_type": "multipart/form-data"}


def announced(client: Browser, path: str, said: dict[str, str]) -> TestResponse:
    """A request that says it has fifty megabytes: the answer must come before anybody reads them."""
    return client.post(path, input_stream=BytesIO(b"--x\r\n"), environ_overrides=said)


def too_large(browser: Browser, program: Browser, customer: Customer) -> Iterator[Refusal]:
    for path in ("/customers/add", f"/customers/{customer.id}/edit", f"/customers/{customer.id}/files", NEW):
        yield Refusal(f"50 MB to {path}", announced(browser, path, SENT_AS_FORM), 413)
    yield Refusal("50 MB as a file of REST", announced(program, f"/api/v1/customers/{customer.id}/files", SENT_AS_FORM), 413)
    yield Refusal("50 MB of JSON", announced(program, "/api/v1/customers/", SENT_AS_JSON), 413)


def no_files(browser: Browser, program: Browser, customer: Customer) -> Iterator[Refusal]:
    for case, (name, content, status, _) in BAD.items():
        yield Refusal(f"import of {case}", browser.post(NEW, **file(name, content)), status)
    for client, path in ((browser, f"/customers/{customer.id}/files"), (program, f"/api/v1/customers/{customer.id}/files")):
        yield Refusal(f"nothing to {path}", client.post(path, **file("a.txt", b"")), 422)
        yield Refusal(f"a program to {path}", client.post(path, **file("a.pdf", b"MZ\x90\x00" * 50)), 422)


def judged(refusals: Iterator[Refusal], language: str) -> list[str]:
    """What is wrong with the answers."""
    found = []
    for name, answer, status in refusals:
        said = sentences(answer)
        why = "" if answer.status_code == status else f"answered {answer.status_code} instead of {status}"
        why = why or ("" if any(said) else "says nothing")
        why = why or next((why for sentence in said if (why := unclear(sentence, language))), "")
        found += [f"{name}: {why}"] if why else []
    return found


def test_what_is_too_large_is_refused_unread_at_every_door(
    world: World, customer: Customer, client_for: Clients, token_client_for: Clients, language: str
) -> None:
    before = business(world)
    assert judged(too_large(client_for(SELLER), token_client_for(SELLER), customer), language) == []
    assert business(world) == before


def test_what_is_no_such_file_is_refused_and_leaves_nothing(
    world: World, customer: Customer, client_for: Clients, token_client_for: Clients, language: str
) -> None:
    before = business(world)
    assert judged(no_files(client_for(SELLER), token_client_for(SELLER), customer), language) == []
    assert business(world) == before


def test_an_unknown_module_is_switched_by_nobody(world: World, customer: Customer, client_for: Clients, language: str) -> None:
    admin, before = client_for("admin"), business(world)
    asked = [({"enable": "1"}, 404), ({"enable": "0"}, 404), ({"enable": "perhaps"}, 400), ({}, 400)]
    refusals = (Refusal(f"module with {form}", admin.post("/modules/no-such-module", data=form), status) for form, status in asked)
    assert judged(refusals, language) == []
    assert business(world) == before
