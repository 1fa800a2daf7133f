"""The reference model: who sees what, computed from the declared world by sets alone.

It shares no line with the product's criteria, on purpose: where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.kernel.acting import Scope
from tests.isolation.declared import Person, Shared, below

Rights = Mapping[tuple[str, str], frozenset[Scope]]
READING = frozenset({"read", "export"})


@dataclass(frozen=True)
class Thing:
    """A record as the model knows it: ``kind`` is owned, child, company or private."""

    key: str
    table: str
    resource: str
    kind: str
    slug: str
    slot: str = ""
    owner: str = ""
    department: str = ""
    parent: Thing | None = None
    shares: tuple[Shared, ...] = ()


class Reference:
    """``presets`` maps a role to resource to verb to scope: the permission matrix that a manager signs."""

    def __init__(self, presets: Mapping[str, Mapping[str, Mapping[str, Scope]]]) -> None:
        self._presets = presets

    def rights(self, who: Person) -> Rights:
        """Everything that the roles of ``who`` give; nothing to a leaver."""
        found: dict[tuple[str, str], set[Scope]] = {}
        for role in () if who.gone or who.closed else who.roles:
            for resource, verbs in self._presets[role].items():
                for verb, scope in verbs.items():
                    found.setdefault((resource, verb), set()).add(scope)
        return {right: frozenset(scopes) for right, scopes in found.items()}

    def may(self, who: Person, resource: str, verb: str) -> bool:
        """Whether any role gives the right at all."""
        return (resource, verb) in self.rights(who)

    def sees(self, who: Person | None, thing: Thing, verb: str = "read") -> bool:
        """Whether ``who`` reaches ``thing`` with ``verb``."""
        if who is None or who.gone or who.closed:
            return False
        if thing.kind == "owned":
            return self._reaches(who, thing, thing.resource, verb)
        if thing.slug != who.slug:
            return False
        if thing.kind == "child":
            return self._child(who, thing, verb)
        if thing.kind == "private":
            return thing.owner == who.account
        return verb == "read" or not thing.resource or self.may(who, thing.resource, verb)

    def adds(self, who: Person, resource: str, parent: Thing) -> bool:
        """Whether ``who`` may add a part with rights of its own, called ``resource``, to ``parent``."""
        part = Thing("", "", resource, "child", parent.slug, parent=parent)
        return self.sees(who, part, "create")

    def _child(self, who: Person, thing: Thing, verb: str) -> bool:
        assert thing.parent is not None
        if not thing.resource:
            return self.sees(who, thing.parent, verb)
        if not self.may(who, thing.resource, verb) or not self.sees(who, thing.parent):
            return False
        return thing.parent.kind != "owned" or self._reaches(who, thing.parent, thing.resource, verb)

    def _reaches(self, who: Person, thing: Thing, resource: str, verb: str) -> bool:
        scopes = self.rights(who).get((resource, verb), frozenset())
        reading = verb in READING
        if Scope.ALL in scopes and reading:
            return True
        if not scopes or thing.slug != who.slug:
            return False
        if scopes & {Scope.COMPANY, Scope.ALL} or thing.owner == who.account or thing.department in self._departments(who, scopes):
            return True
        shared = any(share.account == who.account and share.live and (reading or share.writes) for share in thing.shares)
        return shared and bool(scopes - {Scope.OWN})

    def _departments(self, who: Person, scopes: frozenset[Scope]) -> set[str]:
        found: set[str] = set()
        if Scope.DEPARTMENT in scopes:
            found.add(who.department)
        if Scope.SUBTREE in scopes:
            found |= below(who.slug, who.department)
        if Scope.IN_CHARGE in scopes:
            for code in who.charge:
                found |= below(who.slug, code)
        return found
