"""The house rules that neither the linter nor the import contracts can see."""

import ast
import sys
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import PACKAGES, Module, modules, rooms

# Where a `status` or `state` is written other than by `foundation.journal.step.Step.advance`, and why that is right.
STATE_WRITERS = {
    "foundation/journal/step.py": "Step.advance() itself",
    "foundation/journal/relay.py": "a delivery's state is the outbox's own, moved by compare-and-set",
}
# Where attributes are set by a name that is not written there, and why no state is among them.
NAMED_SETTERS = {
    "foundation/journal/step.py": "advance() brings the instance up to date with the row it wrote",
    "foundation/kernel/rulebook.py": "the numbers of the rulebook, filled by the settings",
    "claims/services/drafts.py": "the table of a draft's fields, which says who sets which",
}
# Where something is imported inside a function, and why it cannot be at the top.
INLINE_IMPORTS = {
    "cpor/apps.py": "the wiring imports models, which exist only once all apps are loaded",
}
# Endings that say as much as `_at` and `_on`: the bounds of a period, and the day a statement is true for.
BOUNDS = ("_until", "_since", "_from", "as_of")
# Instants that may have another name, and why.
INSTANT_NAMES = {
    "at": "the one instant of a row that is nothing but something that happened",
    "last_login": "Django's",
    "date_joined": "Django's",
    "action_time": "Django's",
    "expire_date": "Django's",
    "created": "the token library's",
    "expiry": "the token library's",
}
PURE_ROOMS = ("kernel", "rules", "policies", "lifecycle", "enums", "events")
DOMAIN_ROOMS = (*PURE_ROOMS, "services", "steps", "validation", "facts", "selectors", "models")
BARRED_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}


def test_nothing_listens_to_django_signals() -> None:
    found = [
        f"{module.place}:{line} {name}"
        for module in modules()
        for name, line in module.imports()
        if name.startswith("django.dispatch") or (".signals" in name and name.startswith("django."))
    ]

    assert found == []


def test_imports_are_at_the_top() -> None:
    found = [
        module.at(node)
        for module in modules()
        if module.place not in INLINE_IMPORTS
        for function in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert found == []


def _assigned(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def _writes_a_state(module: Module) -> list[str]:
    states = {"status", "state"}
    found = [
        module.at(node)
        for node in module.nodes(ast.Assign, ast.AugAssign, ast.AnnAssign)
        for target in _assigned(node)
        if isinstance(target, ast.Attribute) and target.attr in states
    ]
    for node in module.nodes(ast.Call):
        assert isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("update", "aupdate"):
            found += [module.at(node) for keyword in node.keywords if keyword.arg in states]
        if (
            isinstance(node.func, ast.Name)
            and node.func.id == "setattr"
            and module.place not in NAMED_SETTERS
            and module in rooms(*DOMAIN_ROOMS)
        ):
            found.append(module.at(node))
    return found


def test_a_state_has_one_writer() -> None:
    found = [
        place
        for module in modules()
        if module.place not in STATE_WRITERS
        for place in _writes_a_state(module)
    ]

    assert found == []


@pytest.mark.parametrize("place", sorted({*STATE_WRITERS, *NAMED_SETTERS, *INLINE_IMPORTS}))
def test_every_exception_is_still_there(place: str) -> None:
    assert place in {module.place for module in modules()}


def test_the_kernel_uses_the_standard_library_django_texts_and_the_rules_of_domain_names_only() -> None:
    allowed = ("foundation.kernel.", "django.utils.translation.", "django.utils.functional.", "idna")

    found = [
        f"{module.place}:{line} {name}"
        for module in rooms("kernel")
        for name, line in module.imports()
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(allowed)
    ]

    assert found == []


def test_pure_rooms_do_not_use_the_database() -> None:
    barred = ("django.db.connection", "django.db.transaction", "django.core.cache", "django.shortcuts")

    found = [
        f"{module.place}:{line} {name}"
        for module in rooms("rules", "policies", "lifecycle")
        for name, line in module.imports()
        if name.startswith(barred)
    ]

    assert found == []


def test_the_domain_reads_neither_settings_nor_requests() -> None:
    found = [
        f"{module.place}:{line} {name}"
        for module in rooms(*DOMAIN_ROOMS)
        for name, line in module.imports()
        if name.startswith(("django.conf.", "django.http", "cpor.settings", "rest_framework"))
    ]

    assert found == []


def test_the_domain_does_not_read_the_clock() -> None:
    readers = {
        ("timezone", "now"),
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("date", "today"),
        ("time", "time"),
    }

    found = [
        module.at(node)
        for module in rooms(*DOMAIN_ROOMS)
        for node in module.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in readers
    ]

    assert found == []


def test_modules_and_functions_are_named_by_the_business() -> None:
    files = [module.place for module in modules() if BARRED_NAMES & set(module.name.split("."))]
    functions = [
        module.at(node)
        for module in modules()
        for node in module.nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith(("process_", "handle_"))
    ]

    assert files + functions == []


def test_models_do_not_override_saving_deleting_or_cleaning() -> None:
    found = [
        module.at(node)
        for module in rooms("models")
        for node in module.nodes(ast.FunctionDef)
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "full_clean", "clean")
    ]

    assert found == []


def test_services_take_keywords_only() -> None:
    found = [
        module.at(node)
        for module in rooms("services")
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and {"actor", "now"} <= {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
        and {"actor", "now"} & {argument.arg for argument in node.args.args}
    ]

    assert found == []


def _own_fields() -> "list[models.Field[Any, Any]]":
    ours = [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]
    return [field for model in ours for field in model._meta.local_fields]


def test_instants_end_in_at() -> None:
    found = [
        str(field)
        for field in _own_fields()
        if isinstance(field, models.DateTimeField)
        and not field.name.endswith(("_at", *BOUNDS))
        and field.name not in INSTANT_NAMES
    ]

    assert found == []


def test_dates_end_in_on() -> None:
    found = [
        str(field)
        for field in _own_fields()
        if isinstance(field, models.DateField)
        and not isinstance(field, models.DateTimeField)
        and not field.name.endswith(("_on", *BOUNDS))
        and field.name != "on"
    ]

    assert found == []


# The table itself, and the directory, which says what its products are.
AREA_TABLE = {
    "claims/areas.py",
    "tenants/enums.py",
    "tenants/catalogue.py",
    "tenants/models.py",
    "tenants/importing/kinds.py",
}


def test_only_the_table_and_the_directory_name_a_solution_area() -> None:
    members = {"BUSINESS_APPLICATIONS", "MICROSOFT_365"}

    found = [
        module.at(node)
        for module in modules()
        if module.place not in AREA_TABLE and not module.place.startswith("cpor/demo/")
        for node in module.nodes(ast.Attribute)
        if isinstance(node, ast.Attribute) and node.attr in members
    ]

    assert found == []
