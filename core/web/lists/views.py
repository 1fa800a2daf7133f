"""Where a person saves, shares, pins, renames and deletes views of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import g, redirect, request, url_for
from flask_appbuilder import expose
from werkzeug.wrappers import Response

from core.kernel.errors import BadInput, Conflict, Forbidden, Malformed, NotFound
from core.kernel.words import Message, msg
from core.lists import operations as do
from core.lists.models import LONGEST_CONDITIONS, ListView
from core.lists.queries import circles, governed, seen_list, views_of_list
from core.web.access import member
from core.web.conditions import MOST, Condition, Conditions, condition_fields, operators_of
from core.web.going import go
from core.web.listing import Query, read_query
from core.web.lists.addresses import conditions_of, read_conditions
from core.web.lists.building import builder_page, list_address, typed_rows
from core.web.lists.cards import card_chooser_page, cards_again, fields_by_themselves, fields_on_cards, offered_on_cards, written_fields
from core.web.lists.columns import choosable, chooser_page, columns_called, moved
from core.web.lists.drawing import drawn_widths
from core.web.lists.naming import names_of, picked_in
from core.web.lists.saving import Draft, Typed, read_wish, view_form
from core.web.nouns import Noun
from core.web.shapes import Shape, has_board
from core.web.shell import say
from core.web.showing import view_name
from core.web.views import PluginView

CARDED = (Shape.BOARD, Shape.CARDS)
"""What the chooser is asked ``on``, beside the list that it is for by itself: shapes that show cards."""


class ListsView(PluginView):
    """Everybody saves views of the lists that he or she may read."""

    route_base = "/lists"

    @expose("/<string:name>/views/new", methods=["GET", "POST"])
    @member
    def new_view(self, name: str) -> Response:
        """Keep the present conditions under a name."""
        noun = self._noun(name)
        if request.method == "GET":
            return self.page(view_form(noun, self._draft(request.args), None))
        try:
            conditions, wish = self._conditions(noun), read_wish(request.form)
            made = self.use_case(lambda session: do.save_view(session, noun.path, conditions, wish))
        except (BadInput, Conflict) as error:
            return self.page(view_form(noun, self._draft(request.form, _by_field(error)), None), 422)
        say(msg("The view “%(name)s” has been saved.", name=made.name))
        return go(_address(noun, made.id))

    @expose("/views/<id:pk>/edit", methods=["GET", "POST"])
    @member
    def edit_view(self, pk: int) -> Response:
        """Rename, share, pin or delete a view, or keep other conditions in it."""
        view = do.seen_view(self.session, pk)
        noun, mine = self._noun(view.path), view.employee_id == g.actor.employee_id
        if request.method == "GET":
            return self.page(view_form(noun, self._draft(self._stored(view), view=view), view, mine=mine))
        try:
            conditions, wish = self._conditions(noun) if request.form.get("take") else None, read_wish(request.form)
            self.use_case(lambda session: do.change_view(session, pk, wish, conditions))
        except (BadInput, Conflict) as error:
            return self.page(view_form(noun, self._draft(request.form, _by_field(error), view), view, mine=mine), 422)
        say(msg("The view has been changed."))
        return go(_address(noun, pk))

    @expose("/views/<id:pk>/delete", methods=["POST"])
    @member
    def delete_view(self, pk: int) -> Response:
        """Give up an own view."""
        noun = self._noun(do.seen_view(self.session, pk).path)
        self.use_case(lambda session: do.delete_view(session, pk))
        say(msg("The view has been deleted."))
        return go(url_for(f"{view_name(noun)}.list"))

    @expose("/<string:name>/conditions")
    @member
    def conditions(self, name: str) -> Response:
        """Put conditions together, then go to the list that they ask for."""
        noun, asked, step = self._noun(name), request.args.get("asked", "")[:LONGEST_CONDITIONS], request.args.get("step", "")
        if not step:
            return self._builder(noun, asked, read_query(noun, read_conditions(asked)).conditions)
        rows, any_of = typed_rows(noun, request.args), request.args.get("join") == "or"
        if step == "apply":
            try:
                return redirect(list_address(noun, asked, rows, any_of=any_of), 303)
            except Malformed as error:
                return self._builder(noun, asked, Conditions(tuple(rows), any_of), error)
        if step == "add" and request.args.get("field") in condition_fields(noun) and len(rows) < MOST:
            added = request.args["field"]
            rows.append(Condition(added, operators_of(noun.fields[added])[0]))
        kept = [one for number, one in enumerate(rows) if step != f"drop-{number}"]
        return self._builder(noun, asked, Conditions(tuple(kept), any_of))

    @expose("/<string:name>/columns", methods=["GET", "POST"])
    @member
    def columns(self, name: str) -> Response:
        """Choose columns, their order and their widths, for this list or for the view that is open; or what the cards of its board show."""
        noun, given = self._noun(name), request.values
        asked, step = given.get("asked", "")[:LONGEST_CONDITIONS], given.get("step", "")
        if (on := given.get("on", "")) in CARDED:
            return self._card_fields(noun, on, asked, step)
        offered, ticked = choosable(noun), given.getlist("column")
        if request.method == "GET":
            seen = seen_list(self.session, noun.path)
            present = [shown.name for shown in columns_called(noun, read_conditions(asked).get("columns", "") or seen.columns)]
            dense = bool(given.get("dense")) if step else seen.dense
            return self.page(chooser_page(noun, asked, _ordered(present, offered), ticked if step else present, dense=dense))
        if step == "widths":
            return self._draw(noun, given.get("widths", ""))
        chosen = _ticked(offered)
        left = {"columns", "widths"} if step == "reset" else {"columns"}
        kept = [(key, value) for key, value in read_conditions(asked).items(multi=True) if key not in left]
        in_view = "columns" in read_conditions(asked)
        habit = seen_list(self.session, noun.path).columns if in_view else ",".join(chosen)
        self.use_case(lambda session: self._keep(session, noun, habit, given.get("dense", ""), reset=step == "reset"))
        if in_view:
            kept.append(("columns", ",".join(chosen or [shown.name for shown in columns_called(noun, "")])))
        return go(f"{url_for(f'{view_name(noun)}.list')}?{urlencode(kept) or 'view=all'}")

    def _card_fields(self, noun: Noun, on: str, asked: str, step: str) -> Response:
        """The same choice, for the cards of the board: kept by the saved view that is open there, else by the person."""
        if on == Shape.BOARD and not has_board(noun):
            raise NotFound
        offered, seen, pairs = offered_on_cards(noun), seen_list(self.session, noun.path), read_conditions(asked)
        view = next((one for one in seen.views if str(one.id) in (pairs.get("view"), pairs.get("of"))), None)
        if request.method == "GET":
            written = (read_conditions(view.conditions).get("cards", "") if view else "") or seen.cards
            present = fields_on_cards(noun, written) if written else fields_by_themselves(noun, stated=on == Shape.CARDS)
            ticked = request.args.getlist("column") if step else present
            return self.page(card_chooser_page(noun, on, asked, _ordered(present, offered), ticked))
        written = "" if step == "reset" else written_fields(noun, _ticked(offered))
        if view is not None:
            self.use_case(lambda session: do.choose_view_cards(session, view.id, written))
            say(msg("The view has been changed."))
        else:
            self.use_case(lambda session: do.choose_card_fields(session, noun.path, written))
        return go(cards_again(noun, on, asked))

    def _keep(self, session: Any, noun: Noun, columns: str, dense: str, *, reset: bool) -> None:
        do.choose_columns(session, noun.path, columns, dense=bool(dense))
        if reset:
            do.draw_widths(session, noun.path, {})

    def _draw(self, noun: Noun, written: str) -> Response:
        """Keep the widths that a hand has drawn; the page has them already."""
        widths = drawn_widths(noun, written)
        self.use_case(lambda session: do.draw_widths(session, noun.path, widths))
        return Response("", 204)

    def _builder(self, noun: Noun, asked: str, conditions: Conditions, error: Malformed | None = None) -> Response:
        names = names_of(self.session, noun, picked_in(noun, Query(conditions=conditions)))
        return self.page(builder_page(self.nouns, noun, asked, conditions, names, error), error.status if error else 200)

    def _noun(self, path: str) -> Noun:
        """The noun of the list, if the person may read it and its module is on."""
        noun = self.nouns.by_path.get(path)
        if noun is None or not (noun.plugin == "core" or noun.plugin in g.actor.modules):
            raise NotFound
        if not g.actor.may(noun.resource, "read"):
            raise Forbidden(right=(noun.resource, "read"))
        return noun

    def _conditions(self, noun: Noun) -> str:
        """What was sent to be kept; raises :class:`Malformed` for what the list does not offer."""
        pairs = read_conditions(request.form.get("conditions", "")[: LONGEST_CONDITIONS + 1])
        read_query(noun, pairs)
        return conditions_of(pairs.items(multi=True))

    def _draft(self, typed: Typed, errors: Mapping[str, Message] | None = None, view: ListView | None = None) -> Draft:
        """The form as it stands; a colleague's view is shared by the colleague alone."""
        governs = governed(self.session)
        if view is not None and view.employee_id != g.actor.employee_id:
            return Draft(typed, errors=errors or {}, governs=do.circle_of(view) in governs)
        return Draft(typed, circles(self.session), errors or {}, bool(governs))

    def _stored(self, view: ListView) -> dict[str, str]:
        marks: Any = next((one for one in views_of_list(self.session, view.path) if one.id == view.id), None)
        return {
            "name": view.name,
            "shared": do.circle_of(view),
            "first": "1" * bool(view.usual_since),
            "pinned": "1" * bool(marks and marks.pinned),
            "usual": "1" * bool(marks and marks.usual),
            "conditions": request.args.get("conditions", view.conditions)[:LONGEST_CONDITIONS],
        }


def _ordered(present: Sequence[str], offered: Sequence[str]) -> list[str]:
    """The offered names as the chooser lists them: in the order that was sent, with the move that was asked for; else as they are."""
    given = request.values
    order = moved([name for name in given.getlist("order") if name in offered], given.get("step", "")) or [*present, *offered]
    return [name for name in dict.fromkeys(order) if name in offered]


def _ticked(offered: Sequence[str]) -> tuple[str, ...]:
    """The names that were ticked, in their order; none when the usual ones are asked for."""
    given = request.values
    if given.get("step") == "reset":
        return ()
    return tuple(name for name in dict.fromkeys(given.getlist("column")) if name in offered)


def _by_field(error: BadInput | Conflict) -> dict[str, Message]:
    return dict(error.fields) if isinstance(error, BadInput) and error.fields else {"name": error.message}


def _address(noun: Noun, view_id: int) -> str:
    return f"{url_for(f'{view_name(noun)}.list')}?view={view_id}"
