"""The application, put together; read it as the table of contents of the house."""

from __future__ import annotations

from flask import Flask

from config.settings import Settings

# The host's own stored classes; plugins hand theirs over by crm_models.
from core.access import models as _access_models  # noqa: F401
from core.access.administration.employees import check_employing_with
from core.access.attempts import Limits, limit_attempts
from core.access.factor_codes import seal_factors_with
from core.access.factor_duty import FACTOR_PARAMETERS
from core.access.factor_keys import refuse_lost_factor_key
from core.access.guard import install_guard
from core.access.passwords import use_password_method
from core.access.permissions import CORE_RESOURCES, PRESETS
from core.access.reasons import install_reasons
from core.access.separation import install_separation, separate_powers
from core.access.telling import tell_with
from core.approvals import models as _approval_models  # noqa: F401
from core.approvals.jobs import FOLLOW
from core.approvals.key_changes import install_approvals, use_verbs
from core.approvals.kinds import CORE_APPROVALS, change_kinds
from core.approvals.operations.applying import check_application
from core.audit import models as _audit_models  # noqa: F401
from core.audit.anchors import Anchors
from core.audit.keys import refuse_lost_key
from core.audit.statements import install_statements
from core.audit.trail import install_trail, seal_with
from core.database.covering import install_covering
from core.database.engine import make_engine
from core.database.search import install_search
from core.database.sessions import Database, GuardedSession
from core.exports import models as _export_models  # noqa: F401
from core.exports.backups import BACKING_UP
from core.exports.folder import use_folder
from core.exports.forgetting import forget_exports
from core.exports.jobs import EXPORT_HANDLERS
from core.exports.operations import EXPORTING
from core.exports.reading import count_loads
from core.exports.settings import EXPORT_PARAMETERS
from core.exports.sightings import open_sightings, use_sightings
from core.exports.sources import use_sources
from core.exports.terms import bind_with
from core.extension.calling import use_registry
from core.extension.checks import check_registry
from core.extension.registry import Registry, discover
from core.kernel.pinyin import learn_phrases
from core.lists import models as _list_models  # noqa: F401
from core.lists.forgetting import forget_conditions
from core.operations import models as _operations_models  # noqa: F401
from core.organisation import models as _organisation_models  # noqa: F401
from core.organisation.code_lists import CORE_CODE_LISTS, install_code_lists
from core.organisation.memory import install_memory
from core.organisation.parameters import CORE_PARAMETERS
from core.privacy import models as _privacy_models  # noqa: F401
from core.privacy.places import Place, use_places
from core.privacy.retention import HANDLER as ERASE_DUE
from core.privacy.retention import PARAMETER as RETENTION
from core.switchboard import models as _switchboard_models  # noqa: F401
from core.web.bulk import models as _bulk_models  # noqa: F401
from core.web.bulk.forgetting import forget_answers, forget_orders
from core.web.bulk.jobs import BULK
from core.web.bulk.settings import BULK_PARAMETERS
from core.web.export_sources import noun_sources
from core.web.finishing import finishing_nouns
from core.web.health import ready_when
from core.web.house import Keguan
from core.web.nouns import Nouns
from core.web.wished_verbs import changing_verbs
from core.work import import_models as _import_models  # noqa: F401
from core.work import models as _work_models  # noqa: F401
from core.work.attachments import use_finishing
from core.work.file_store import FileStore, use_file_store
from core.work.forgetting import forget_imports
from core.work.handlers import use_handlers
from core.work.import_cleaning import KEPT as IMPORTS_KEPT
from core.work.mail import PostOffice, use_post_office
from core.work.notices import notify
from core.work.trail_checks import use_anchors
from core.work.wakeups import open_wakeups, use_wakeups

FORGETTING = (
    Place(("core_import_file", "core_import_run", "core_attachment"), forget_imports),
    Place(("core_export_request",), forget_exports),
    Place(("core_list_view",), forget_conditions),
    Place(("core_bulk_run",), forget_orders),
    Place(("core_bulk_item", "core_job"), forget_answers),
)
"""What every erasure of a person asks to forget."""


def checked_registry(settings: Settings) -> Registry:
    """The installed plugins and what the house itself declares beside them; raises :class:`StartRefused` for the first mistake."""
    registry = Registry(discover(settings.plugins, settings.installed))
    roles = {preset.key for preset in PRESETS}
    parameters = (*CORE_PARAMETERS, *FACTOR_PARAMETERS, *EXPORT_PARAMETERS, RETENTION, IMPORTS_KEPT, *BULK_PARAMETERS)
    check_registry(registry, CORE_RESOURCES, roles, parameters, CORE_CODE_LISTS, (*CORE_APPROVALS, EXPORTING, BACKING_UP))
    registry.approvals = {**registry.approvals, **change_kinds(registry)}
    use_handlers(*EXPORT_HANDLERS, FOLLOW, ERASE_DUE, BULK)
    return registry


def create_core(settings: Settings) -> Keguan:
    """Database, plugins and guard without the web: enough for commands, workers and tests of operations."""
    registry = checked_registry(settings)
    database = Database(make_engine(settings.database, pool_size=settings.threads + 2))
    _listen_once()
    count_loads()
    refuse_lost_key(database.engine, settings.data / "secrets" / "audit.key")
    refuse_lost_factor_key(database.engine, settings.data / "secrets" / "factor.key")
    seal_with(database.engine, settings.audit_key)
    keguan = Keguan(settings, database, registry, Nouns())
    move_in(keguan)
    return keguan


def move_in(keguan: Keguan) -> None:
    """Make the registry, the wake-ups and the file store of ``keguan`` those of this process."""
    settings = keguan.settings
    use_registry(keguan.registry)
    use_password_method(settings.password_method)
    limit_attempts(Limits(settings.sign_in_attempts, settings.sign_in_address_attempts, settings.sign_in_wait_minutes))
    seal_factors_with(settings.factor_key)
    separate_powers(settings.separate_powers)
    use_wakeups(open_wakeups(settings.data, settings.redis_url))
    use_anchors(Anchors(settings.anchor_folder))
    use_post_office(post_office_of(settings))
    use_file_store(FileStore(settings.data / "attachments", settings.upload_limit))
    use_finishing(lambda: finishing_nouns(keguan.registry))
    use_verbs(lambda: changing_verbs(keguan.registry))
    use_folder(settings.data / "exports")
    use_sightings(open_sightings(settings.data, settings.redis_url))
    use_sources(lambda: noun_sources(keguan.registry, keguan.nouns))
    bind_with(settings.audit_key)
    use_places(*FORGETTING)


def post_office_of(settings: Settings) -> PostOffice:
    """Where mail is handed in, as the deployment says."""
    account = (settings.mail_user, settings.mail_password, settings.mail_from)
    return PostOffice(settings.mail_host, settings.mail_port, settings.mail_security, *account, settings.mail_heads_to)


def create_application(settings: Settings | None = None) -> Flask:
    """The web application: everything of :func:`create_core`, FAB, pages, REST, and the gate before all of them."""
    return open_web(create_core(settings or Settings()))


def open_web(keguan: Keguan) -> Flask:
    """The web over a core that is there already."""
    # Pages and Alembic are 15 MB that who only makes a file does not need.
    from core.operations.readiness import readiness
    from core.web.fab import build_web

    learn_phrases()
    app = build_web(keguan)
    with app.app_context():
        ready_when(readiness(keguan))
    return app


_listening: list[bool] = []


def _listen_once() -> None:
    """Code lists, settings, guard, covering, separation, trail and search index listen on the session class, once per process."""
    if not _listening:
        install_code_lists(GuardedSession)
        check_employing_with(check_application)
        tell_with(notify)
        install_memory(GuardedSession)
        install_guard(GuardedSession)
        install_covering(GuardedSession)
        install_separation(GuardedSession)
        install_reasons(GuardedSession)
        install_approvals(GuardedSession)
        install_trail(GuardedSession)
        install_statements(GuardedSession)
        install_search(GuardedSession)
        _listening.append(True)
