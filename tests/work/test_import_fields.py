"""What a file may be read into follows from the declared fields; a target that cannot find its records again stops the start."""

from __future__ import annotations

import tomllib

import pytest

from core.database.fields import Field
from core.extension.exchange import ImportTarget
from core.kernel.acting import acting_as
from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.work.guessing import guess
from core.work.import_fields import check_target, column_of, offer_of
from core.work.profile_texts import profile_text
from core.work.profiles import profile_from
from tests.work.conftest import Office
from tests.work.probe import write_clients


def test_a_target_that_declares_nothing_takes_what_people_write_by_hand(office: Office) -> None:
    with acting_as(office.ann):
        offer = offer_of(ImportTarget("probe.client", write_clients))
    assert offer.keys == (("code",),)
    assert {"code", "name", "industry", "listed_on"} <= set(offer.fields)


@pytest.mark.parametrize("keys", [(("nothing",),), (("code", "nothing"),)])
def test_a_key_that_is_no_field_stops_the_start(office: Office, keys: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(StartRefused, match="nothing"):
        check_target(ImportTarget("probe.client", write_clients, keys=keys))


def test_columns_are_guessed_whatever_their_case_width_and_unit(office: Office) -> None:
    target = ImportTarget("probe.client", write_clients, aliases={"name": ("名称", "company")})
    with acting_as(office.ann):
        found = guess(offer_of(target), ["ＣＯＤＥ *", "名称（全称）", "Listed  on", "Company", "other"])
    assert found == {"ＣＯＤＥ *": "code", "名称（全称）": "name", "Listed  on": "listed_on"}


def test_a_mapping_is_written_as_the_toml_that_the_command_reads() -> None:
    hard = 'He said "x"\\ \x7f 中文\t'
    field = Field("flag", msg("Flag"), "flag")
    columns = {
        "code": column_of(Field("text", msg("Code"), "code", max_length=9), hard, needed=True),
        "flag": column_of(field, "b", needed=False),
    }
    profile = profile_from(tomllib.loads(profile_text({"resource": "a.b", "key": ["code"], "review": "pending", "columns": columns})))
    assert profile.columns[0].sources == (hard,)
    assert (profile.columns[0].rules.most, profile.columns[0].required, profile.columns[1].convert) == (9, True, "bool")
