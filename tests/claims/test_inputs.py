"""Typed fields are listed once, and the columns follow the list."""

from django.db.models import CharField, Model

from claims.inputs import CONTACT_FIELDS, REVENUE_FIELDS
from claims.models import Claim, Contact


def _length(model: type[Model], name: str) -> int | None:
    column = model._meta.get_field(name)
    assert isinstance(column, CharField)
    return column.max_length


def test_every_contact_field_and_revenue_detail_has_a_column_of_its_length() -> None:
    asked = {**CONTACT_FIELDS, **REVENUE_FIELDS}

    columns = {
        **{name: _length(Contact, name) for name in CONTACT_FIELDS},
        **{name: _length(Claim, name) for name in REVENUE_FIELDS},
    }

    assert columns == {name: text.max_length for name, text in asked.items()}


def test_only_first_name_and_phone_number_of_a_contact_can_stay_empty() -> None:
    assert [name for name, text in CONTACT_FIELDS.items() if text.optional] == ["first_name", "phone"]
