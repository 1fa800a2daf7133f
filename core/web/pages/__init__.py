"""Page models: what a view hands over and a template shows.

A view builds one frozen page and one shell; ``render`` turns them into HTML::

    page = ListPage(title=msg("Customers"), action="/c/east/customers", columns=(...), rows=(...))
    return render(page, shell)

Views know nothing of HTML, templates nothing of the database. Values are raw (fen, UTC, ``None``): how they are shown is decided
once, in ``core.web.formats``.
"""

from core.web.pages.account import KeyShown, KeysPage
from core.web.pages.administration import (
    DepartmentNode,
    FieldRight,
    Module,
    ModuleGroup,
    ModulesPage,
    OrganisationPage,
    PermissionCell,
    PermissionGroup,
    PermissionRow,
    PermissionsPage,
    ScopeOption,
)
from core.web.pages.approvals import CasePage, ChainPage, SignatureCell, Signatures, StepForm
from core.web.pages.boards import BoardPage, Card, CardColumn
from core.web.pages.calendars import Cell as EventCell
from core.web.pages.calendars import Event, EventsPage
from core.web.pages.charts import Chart, ChartPage, ChartRow
from core.web.pages.desk import ChartCard, DeskCard, DeskItem, DeskPage, Notice, NoticesPage
from core.web.pages.doors import CompaniesPage, CompanyChoice, ErrorPage, PasswordPage, SignInPage
from core.web.pages.forms import (
    Conflict,
    ConflictField,
    FieldKind,
    FieldSet,
    FormField,
    FormPage,
    Line,
    LineColumn,
    Lines,
    Option,
)
from core.web.pages.importing import ColumnRow, ImportPage, MapPage, ProgressPage, UploadPage
from core.web.pages.listing import Chip, FilterKind, FilterOption, ListPage, QuickFilter
from core.web.pages.parts import Ask, Block, Figure, FileChip, Fragment, Link, Page, PanelPage, Person, Say, Tag, Text, Tone, Verb
from core.web.pages.record import (
    AsOf,
    CommentBox,
    Composer,
    Entry,
    FieldGroup,
    Near,
    Neighbours,
    NextStep,
    RecordPage,
    StageStep,
    Tab,
    Timeline,
    ValueRow,
)
from core.web.pages.rendering import asked_part, install, render
from core.web.pages.settings import CalendarDay, CalendarMonth, CalendarPage, SettingGroup, SettingRow, SettingsPage
from core.web.pages.shell import Flash, Language, Me, MenuItem, MenuSection, Shell
from core.web.pages.tables import CardPlace, Cell, Column, ColumnKind, Empty, EmptyKind, Pager, RelatedTable, Row

__all__ = [
    "AsOf",
    "Ask",
    "Block",
    "BoardPage",
    "CalendarDay",
    "CalendarMonth",
    "CalendarPage",
    "Card",
    "CardColumn",
    "CardPlace",
    "CasePage",
    "Cell",
    "ChainPage",
    "Chart",
    "ChartCard",
    "ChartPage",
    "ChartRow",
    "Chip",
    "Column",
    "ColumnKind",
    "ColumnRow",
    "CommentBox",
    "CompaniesPage",
    "CompanyChoice",
    "Composer",
    "Conflict",
    "ConflictField",
    "DepartmentNode",
    "DeskCard",
    "DeskItem",
    "DeskPage",
    "Empty",
    "EmptyKind",
    "Entry",
    "ErrorPage",
    "Event",
    "EventCell",
    "EventsPage",
    "FieldGroup",
    "FieldKind",
    "FieldRight",
    "FieldSet",
    "Figure",
    "FileChip",
    "FilterKind",
    "FilterOption",
    "Flash",
    "FormField",
    "FormPage",
    "Fragment",
    "ImportPage",
    "KeyShown",
    "KeysPage",
    "Language",
    "Line",
    "LineColumn",
    "Lines",
    "Link",
    "ListPage",
    "MapPage",
    "Me",
    "MenuItem",
    "MenuSection",
    "Module",
    "ModuleGroup",
    "ModulesPage",
    "Near",
    "Neighbours",
    "NextStep",
    "Notice",
    "NoticesPage",
    "Option",
    "OrganisationPage",
    "Page",
    "Pager",
    "PanelPage",
    "PasswordPage",
    "PermissionCell",
    "PermissionGroup",
    "PermissionRow",
    "PermissionsPage",
    "Person",
    "ProgressPage",
    "QuickFilter",
    "RecordPage",
    "RelatedTable",
    "Row",
    "Say",
    "ScopeOption",
    "SettingGroup",
    "SettingRow",
    "SettingsPage",
    "Shell",
    "SignInPage",
    "SignatureCell",
    "Signatures",
    "StageStep",
    "StepForm",
    "Tab",
    "Tag",
    "Text",
    "Timeline",
    "Tone",
    "UploadPage",
    "ValueRow",
    "Verb",
    "asked_part",
    "install",
    "render",
]
