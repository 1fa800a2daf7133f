"""How rows of the trail are told to people: the trail keeps codes, pages say words."""

from __future__ import annotations

from flask import current_app
from werkzeug.exceptions import HTTPException

from core.audit.models import AuditRow
from core.database.sentences import said
from core.extension.calling import registry
from core.kernel.words import Message, msg
from core.web.access import need_of
from core.web.nouns import Noun, Nouns
from core.web.shell import CORE_MENU

ACTIONS: dict[str, Message] = {  # in the past: who did what
    "create": msg("created the record"),
    "update": msg("changed the record"),
    "delete": msg("deleted the record"),
    "enable": msg("enabled it"),
    "disable": msg("disabled it"),
    "share": msg("shared it"),
    "unshare": msg("stopped sharing it"),
    "hand_over": msg("handed it over"),
    "approve": msg("approved it"),
    "reject": msg("rejected it"),
    "return": msg("returned it"),
    "submit": msg("submitted it"),
    "withdraw": msg("withdrew it"),
    "remind": msg("sent a reminder"),
    "suspend": msg("suspended it"),
    "resume": msg("resumed it"),
    "cancel": msg("cancelled it"),
    "close": msg("closed it"),
    "finish": msg("finished it"),
    "stop": msg("stopped it"),
    "reopen": msg("reopened it"),
    "archive": msg("archived it"),
    "sign": msg("signed it"),
    "void": msg("voided it"),
    "end": msg("ended it"),
    "expire": msg("marked it as expired"),
    "grant_access": msg("granted access"),
    "revoke_access": msg("revoked access"),
    "set_chain": msg("set the approval chain"),
    "stall": msg("nobody left to decide"),
    "use": msg("used the approval"),
    "mark": msg("marked it"),
    "tag": msg("tagged it"),
    "untag": msg("removed a tag from it"),
    "set_default": msg("made it the default view"),
    "end_default": msg("removed it as the default view"),
    "new_password": msg("set a new initial password"),
    "warn": msg("warned"),
    "keep_up": msg("updated it"),
    "hand_over_all": msg("handed over everything"),
    "undo_hand_over": msg("undid a handover"),
    "roles_set": msg("set the roles"),
    "leave": msg("recorded the departure"),
    "come_back": msg("reinstated the employee"),
    "set": msg("set the value"),
    "appoint": msg("appointed somebody"),
    "sign_in": msg("signed in"),
    "sign_in_failed": msg("failed to sign in"),
    "sign_in_locked": msg("was locked out after wrong passwords"),
    "second_step_failed": msg("entered a wrong code after the password"),
    "recovery_code_used": msg("used a recovery code"),
    "second_factor_on": msg("set up two-step verification"),
    "second_factor_replaced": msg("set up two-step verification again"),
    "recovery_codes_renewed": msg("made new recovery codes"),
    "second_factor_off": msg("turned off two-step verification"),
    "second_factor_reset": msg("reset somebody's two-step verification"),
    "reset_second_factor": msg("reset somebody's two-step verification"),
    "sign_in_unlocked": msg("unlocked somebody's sign-in"),
    "let_sign_in_again": msg("unlocked somebody's sign-in"),
    "account_added": msg("added the account"),
    "account_closed": msg("closed the account"),
    "account_opened": msg("opened the account again"),
    "password_set": msg("set the password"),
    "erase": msg("erased personal values"),
    "person_erased": msg("erased a person"),
    "values_destroyed": msg("destroyed old values of an erased person"),
    "dossier": msg("read a person's dossier"),
    "api_key_added": msg("created an API key"),
    "api_key_revoked": msg("revoked an API key"),
    "demo_data": msg("created demo data"),
    "unmask": msg("viewed the full value"),
    "export": msg("exported it"),
    "print": msg("printed it"),
    "preview": msg("viewed a file"),
    "look_at_list": msg("viewed the list"),
    "search": msg("searched"),
    "refused": msg("was refused"),
    "accept": msg("accepted the record as it is"),
    "records_accepted": msg("accepted records as they are"),
    "values_accepted": msg("accepted that values beside the trail are lost or altered"),
    "new_epoch": msg("restarted the trail"),
    "ask_for_backup": msg("requested an external backup"),
    "backup": msg("began a backup"),
    "backup_made": msg("made a backup"),
    "restore": msg("restored a backup"),
}
SYSTEM = "system: "  # before the reason, where nobody but the house itself acted


def action_told(code: str, noun: Noun | None) -> Message:
    """What was done, said of the past (won, approved): as the noun says it of its own verbs and steps, or as everybody does.

    What none of them knows is told by the label of its verb or right, or by its code as a word (settle: “Settle”).
    """
    if noun is not None and code in noun.steps:
        return noun.steps[code]
    if code in ACTIONS:
        return ACTIONS[code]
    act = noun.act(code) if noun is not None else None
    if act is not None:
        return act.label
    rights = registry().resources[noun.resource].verbs if noun is not None and noun.resource in registry().resources else {}
    return rights.get(code) or Message(code.replace("_", " ").capitalize())


def who_told(who: str) -> Message | str:
    """A person's name as it is; the house itself with its reason, which the catalogues know as every sentence of the program."""
    if not who.startswith(SYSTEM):
        return who
    reason = who.removeprefix(SYSTEM)
    return msg("System (%(reason)s)", reason=msg("in the background") if reason.startswith("job ") else Message(reason))


def row_subject(row: AuditRow, nouns: Nouns) -> Message | str:
    """What ``row`` is about: the name that it keeps; of a refused page its list or its entry of the menu, or else its address."""
    if row.action != "refused":
        return said(row.subject)
    path = row.subject.rpartition(" ")[2]
    place = path.strip("/").partition("/")[0]
    noun = nouns.by_path.get(place)
    if noun is not None:
        return noun.plural
    return next((entry.label for entry in CORE_MENU if entry.key == place), None) or _page_of(place) or path


def _page_of(place: str) -> Message | None:
    """What a page beside the lists and the menu is about: the title of what rights on it are given on."""
    views = current_app.extensions["appbuilder"].baseviews
    resource = next((getattr(view, "resource", "") for view in views if view.route_base == f"/{place}"), "")
    return registry().resources[resource].title if resource in registry().resources else None


def _tried(row: AuditRow, nouns: Nouns) -> Message | None:
    """What the refused request asked for: the act of a record, or the right that its address needs; None where it is none of ours."""
    method, _, path = row.subject.partition(" ")
    try:
        endpoint, given = current_app.url_map.bind("").match(path, method=method)
    except HTTPException:
        return None
    noun = nouns.by_path.get(path.strip("/").partition("/")[0])
    act = noun.act(str(given.get("verb", ""))) if noun is not None else None
    if act is not None:
        return act.label
    need, _view = need_of(current_app.view_functions.get(endpoint))
    resource = registry().resources.get(need.resource) if need is not None else None
    return resource.verbs.get(need.verb) if need is not None and resource is not None else None


def reason_told(row: AuditRow) -> Message | str:
    """Why ``row`` says it was done: as it was typed, or what the program says in the language of the reader."""
    return said(row.reason or "")


def row_action(row: AuditRow, nouns: Nouns) -> Message:
    """The word for what ``row`` says was done; of a refusal also what was tried, where that is known."""
    tried = _tried(row, nouns) if row.action == "refused" else None
    if tried is not None:
        return msg("was refused: %(what)s", what=tried)
    return action_told(row.action, nouns.by_table.get(row.table_name))
