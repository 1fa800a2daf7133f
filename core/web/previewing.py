"""The page on which a file is looked at: its pictures, or the words of a mail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import request, send_file, url_for
from werkzeug.wrappers import Response

from core.kernel.errors import NotFound
from core.kernel.words import Message, msg
from core.web import formats
from core.web.pages import Fragment, Link, PanelPage
from core.work.attachments import headers_for
from core.work.file_types import MAIL, may_show
from core.work.filed_mail import read_mail
from core.work.models import Attachment
from core.work.previews import NoPreview, can_be_shown, has_failed, pages_of, waits_for_office


def preview_page(view: str, record_id: int, one: Attachment, path: Path) -> PanelPage:
    """The file as pictures, a mail as its words; a button where a worker has to make them first; one sentence where there are none."""
    address: dict[str, Any] = {"pk": record_id, "file_id": one.id}
    mail = read_mail(one.company_id, one.sha256, path) if one.media_type == MAIL else None
    pictures, note = ((), "") if mail else _pictures(view, address, one, path)
    waits = can_be_shown(one) and waits_for_office(one) and not has_failed(one)
    context = {
        "download": url_for(f"{view}.file", **address),
        "size": formats.size(one.size),
        "pictures": pictures,
        "mail": mail,
        "note": note,
        "make": url_for(f"{view}.make_preview", **address) if waits else "",
        "again": url_for(f"{view}.preview", **address, making=1) if waits and request.args.get("making") == "1" else "",
    }
    back = Link(msg("Files"), url_for(f"{view}.show", pk=record_id, tab="files"))
    block = Fragment(name="keguan/blocks/preview.html", context=context)
    title = mail.subject or one.name if mail else one.name
    return PanelPage(title=title, crumbs=(back,), back=back, blocks=(block,), wide=True)


def _pictures(view: str, address: dict[str, Any], one: Attachment, path: Path) -> tuple[tuple[str, ...], Message | str]:
    if may_show(one.media_type):
        return (url_for(f"{view}.file", **address, inline=1),), ""
    if not can_be_shown(one):
        return (), msg("There is no preview of this file here; it can only be downloaded.")
    if one.media_type == MAIL or waits_for_office(one):
        return (), NoPreview().message if one.media_type == MAIL or has_failed(one) else ""
    try:
        pages = pages_of(one, path)
    except NoPreview as error:
        return (), error.message
    shown = tuple(url_for(f"{view}.file", **address, inline=1, page=number) for number in range(1, len(pages.pictures) + 1))
    if pages.total <= len(shown):
        return shown, ""
    count = {"shown": len(shown), "total": pages.total}
    return shown, msg("The first %(shown)s of %(total)s pages are shown. Please download the file for the others.", **count)


def page_picture(one: Attachment, path: Path, page: str) -> Response:
    """The picture of one page of the file, under headers that let it be nothing else; :class:`NotFound` when there is no such page."""
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0
    if may_show(one.media_type) or one.media_type == MAIL or not can_be_shown(one) or waits_for_office(one):
        raise NotFound
    pictures = pages_of(one, path).pictures
    if not 1 <= number <= len(pictures):
        raise NotFound
    response = send_file(pictures[number - 1], mimetype="image/png", conditional=False)
    response.headers.update({**headers_for(one), "Content-Type": "image/png", "Content-Length": str(pictures[number - 1].stat().st_size)})
    response.headers["Content-Disposition"] = "inline"
    return response
