"""Who may do what is written by the services of `partners` alone: no door, no command and no demo writes its rows."""

import ast
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin

from desk.saving import SavedByServices
from partners.models import ApiToken, DeskSeat, Member, MemberRole, User
from tests.architecture.source import modules

ROWS = (User, Member, MemberRole, DeskSeat, ApiToken)
NAMES = {model.__name__ for model in ROWS}
RELATED = {"roles", "desk_seats", "memberships", "members"}  # the ways to such rows from others
WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "update",
    "bulk_update",
    "delete",
    "set",
    "add",
    "remove",
    "clear",
    "create_user",
    "create_superuser",
}
ALWAYS = {"set_password", "set_unusable_password", "create_user", "create_superuser"}
COLUMNS = {"is_superuser", "is_staff", "is_active", "password"}
AMBIGUOUS_COLUMNS = {"ended_at", "expiry"}  # counted where a module names one of the rows
THE_SERVICES = "partners/services/"
# Where one of these rows is written or made apart from the services, and why that is right.
EXCEPTIONS = {
    "api/authentication.py": "when a token was used last, which gives nobody anything",
    "portal/session/ending.py": "how often a user signed out everywhere, which only ends sessions",
    "cpor/management/commands/createsuperuser.py": "a User that is never saved checks the typed name",
}


def test_only_the_services_write_who_may_do_what() -> None:
    found = [
        f"{module.place}:{line}"
        for module in modules()
        if not module.place.startswith(THE_SERVICES) and module.place not in EXCEPTIONS
        for line in _writes(module.tree)
    ]

    assert found == []


@pytest.mark.parametrize("place", EXCEPTIONS)
def test_every_exception_is_still_one(place: str) -> None:
    (module,) = [module for module in modules() if module.place == place]

    assert list(_writes(module.tree)) != []


def test_the_search_finds_the_services_own_writes() -> None:
    found = {module.place for module in modules() if list(_writes(module.tree))}

    assert {f"{THE_SERVICES}{name}.py" for name in ("accounts", "members", "seats", "tokens")} <= found


@pytest.mark.parametrize(
    "code",
    [
        "DeskSeat.objects.create(user=user, role=role)",
        "DeskSeat.objects.filter(user=user).delete()",
        "DeskSeat(user=user).save()",
        "user.desk_seats.all().delete()",
        "member.roles.add(role)",
        "Member.objects.filter(pk=1).update(ended_at=now)",
        "MemberRole.objects.get_or_create(member=member)",
        "ApiToken.objects.filter(user=user).update(expiry=now)",
        "user.set_password('x')",
        "user.is_superuser = True",
        "member: Member = found; member.ended_at = now",
        "user.password, user.is_active = x, y",
        "get_user_model().objects.create_superuser('x')",
    ],
)
def test_the_search_finds_each_kind_of_write(code: str) -> None:
    assert list(_writes(ast.parse(code))) == [1]


def test_the_desk_s_pages_save_these_rows_through_services() -> None:
    pages = [admin.site.get_model_admin(model) for model in ROWS if admin.site.is_registered(model)]
    inlines = [
        inline
        for page in admin.site._registry.values()
        for inline in page.inlines
        if issubclass(inline, InlineModelAdmin) and inline.model in ROWS
    ]

    assert {page.model for page in pages} == {User, Member, DeskSeat, ApiToken}
    assert [page for page in pages if not isinstance(page, SavedByServices)] == []
    assert inlines == []


def _writes(tree: ast.Module) -> Iterator[int]:
    """Yield the line of each expression that makes, changes or removes one of the rows."""
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & NAMES
    columns = COLUMNS | (AMBIGUOUS_COLUMNS if named else set())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_a_write(node):
            yield node.lineno
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(
                isinstance(part, ast.Attribute) and part.attr in columns and isinstance(part.ctx, ast.Store)
                for target in targets
                for part in ast.walk(target)
            ):
                yield node.lineno


def _is_a_write(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in NAMES
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr in ALWAYS:
        return True
    if call.func.attr not in WRITES:
        return False
    walked = list(ast.walk(call.func.value))
    names = {part.id for part in walked if isinstance(part, ast.Name)}
    ways = {part.attr for part in walked if isinstance(part, ast.Attribute)}
    return bool(names & NAMES or ways & RELATED)
