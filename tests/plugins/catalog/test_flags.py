"""A tick in a form is kept, and so is its absence."""

from __future__ import annotations

from collections.abc import Callable

from plugins.catalog.models import Product
from tests.world import Browser, World

FORM = {"code": "KY-75A", "name": "螺杆空压机 75kW", "unit": "台", "list_price": "186000.00", "active-shown": "1"}


def test_what_is_sold_is_ticked_at_first_and_can_be_taken_off_sale(client_for: Callable[[str], Browser], world: World) -> None:
    browser = client_for("head.east")
    fresh = browser.get("/products/add").text
    assert 'name="active-shown"' in fresh
    assert "checked" in fresh.partition('name="active"')[2].partition(">")[0]
    saved = browser.post("/products/add", data=FORM | {"active": "1"})
    number = int(saved.headers["Location"].rsplit("/", 1)[1])
    assert _on_sale(world, number)
    assert browser.post(f"/products/{number}/edit", data=FORM | {"version": "1"}).status_code == 303
    assert not _on_sale(world, number)


def _on_sale(world: World, number: int) -> bool:
    with world.reading("head.east") as session:
        product = session.get(Product, number)
        assert product is not None
        return bool(product.active)
