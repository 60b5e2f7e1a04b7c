"""Shapes that the API accepts. Whether a well-formed value is right is for the rules."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.bodies import Flag, StrictSerializer, Text
from claims import limits
from claims.enums import ContactKind, EvidenceKind
from claims.inputs import CONTACT_FIELDS, REVENUE_FIELDS, ClaimInput, DraftChanges, Entry, RevenueInput
from claims.services import ProofDetails


def _typed(length: int | None) -> Text:
    """Return a text field that may be left out and that null clears."""
    return Text(max_length=length, required=False, allow_null=True)


def _codes(length: int) -> serializers.ListField:
    return serializers.ListField(
        child=Text(max_length=limits.CODE_LENGTH), max_length=length, required=False, allow_null=True
    )


class EntrySerializer(StrictSerializer):
    product = _typed(limits.CODE_LENGTH)
    subscription_id = _typed(limits.TYPED_ID_LENGTH)


def _entries() -> serializers.ListSerializer[Any]:
    return serializers.ListSerializer(
        child=EntrySerializer(), max_length=limits.ENTRIES, required=False, allow_null=True
    )


class CheckSerializer(StrictSerializer):
    mpn_id = _typed(limits.TYPED_ID_LENGTH)
    tenant_id = _typed(limits.TYPED_ID_LENGTH)
    domain = _typed(limits.DOMAIN_LENGTH)
    solution_area = _typed(limits.CODE_LENGTH)
    activities = _codes(limits.ACTIVITIES)
    items = _entries()


class ContactSerializer(StrictSerializer):
    def get_fields(self) -> dict[str, Any]:
        """Return a text for each field of a contact."""
        return {name: _typed(asked.max_length) for name, asked in CONTACT_FIELDS.items()}


class ContactsSerializer(StrictSerializer):
    def get_fields(self) -> dict[str, Any]:
        """Return a contact of each kind."""
        return {kind: ContactSerializer(required=False, allow_null=True) for kind in ContactKind.values}


class RevenueSerializer(StrictSerializer):
    def get_fields(self) -> dict[str, Any]:
        """Return a text for each revenue detail."""
        return {name: _typed(asked.max_length) for name, asked in REVENUE_FIELDS.items()}


class ClaimSerializer(CheckSerializer):
    name = _typed(limits.NAME_LENGTH)
    contacts = ContactsSerializer(required=False, allow_null=True)
    revenue_details = RevenueSerializer(required=False, allow_null=True)
    acknowledged = Flag(required=False, allow_null=True)
    confirmed_warnings = _codes(limits.ENTRIES)


class SubmitSerializer(StrictSerializer):
    acknowledged = Flag(required=False, allow_null=True)
    confirmed_warnings = _codes(limits.ENTRIES)


class WithdrawSerializer(StrictSerializer):
    """Accepts an empty body only."""


class RespondSerializer(StrictSerializer):
    comment = _typed(None)  # its length is a rule, with a code of its own
    request_id = serializers.UUIDField(required=False, allow_null=True)


class CommentSerializer(StrictSerializer):
    text = _typed(None)
    confirmed_warnings = _codes(limits.ENTRIES)


class ItemChangesSerializer(StrictSerializer):
    add = _entries()
    remove = serializers.ListField(
        child=Text(max_length=limits.CODE_LENGTH), max_length=limits.ENTRIES, required=False, allow_null=True
    )
    confirmed_warnings = _codes(limits.ENTRIES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raise ValidationError if nothing is to be added or removed."""
        if not attrs.get("add") and not attrs.get("remove"):
            raise serializers.ValidationError(_("Name at least one item to add or to remove."))
        return attrs


class EvidenceSerializer(StrictSerializer):
    file = serializers.FileField(allow_empty_file=True)  # an empty one is refused by its own rule
    kind = serializers.ChoiceField(choices=EvidenceKind.choices, required=False)
    signed_on = serializers.DateField(required=False, allow_null=True)
    signer_name = _typed(limits.PERSON_LENGTH)
    signer_title = _typed(limits.PERSON_LENGTH)
    covers = _codes(limits.ENTRIES)

    def validate_covers(self, covers: list[str] | None) -> list[str] | None:
        """Raise ValidationError for each product that is none of the claim's."""
        message = _("This is not one of the products of the claim.")
        wrong = {
            at: [message] for at, code in enumerate(covers or ()) if code not in self.context["products"]
        }
        if wrong:
            raise serializers.ValidationError(cast(Any, wrong))
        return covers


# --- From shapes to what services take: absent stays absent, null clears ---


def check_input(sent: Mapping[str, Any]) -> ClaimInput:
    """Return the claim to check; null means the same as leaving a field out."""
    return ClaimInput(
        organisation_id=0,  # the actor's, which the service fills in
        mpn_id=sent.get("mpn_id"),
        tenant_guid=sent.get("tenant_id"),
        domain=sent.get("domain"),
        solution_area=sent.get("solution_area"),
        activities=_present(sent, "activities", _tuple),
        items=_present(sent, "items", entries),
    )


def draft_changes(sent: Mapping[str, Any]) -> DraftChanges:
    """Return what a save changes, merged down to the single field of a contact."""
    contacts = sent.get("contacts", {})
    revenue = sent.get("revenue_details", {})
    return DraftChanges(
        name=_cleared(sent, "name", _text),
        mpn_id=_cleared(sent, "mpn_id", _text),
        tenant_guid=_cleared(sent, "tenant_id", _text),
        domain=_cleared(sent, "domain", _text),
        solution_area=_cleared(sent, "solution_area", _text),
        activities=_cleared(sent, "activities", _tuple),
        items=_cleared(sent, "items", entries),
        acknowledged=_cleared(sent, "acknowledged", bool),
        confirmed_warnings=_cleared(sent, "confirmed_warnings", _tuple),
        contact_fields={
            kind: _texts(fields, CONTACT_FIELDS)
            for kind, fields in (dict.fromkeys(ContactKind.values) if contacts is None else contacts).items()
        },
        revenue_details=RevenueInput() if revenue is None else None,
        revenue_fields=_texts(revenue, REVENUE_FIELDS) if revenue else {},
    )


def entries(sent: list[Mapping[str, Any]] | None) -> tuple[Entry, ...]:
    """Return the items as typed."""
    return tuple(
        Entry(product=_text(entry.get("product")), subscription_id=_text(entry.get("subscription_id")))
        for entry in sent or ()
    )


def proof_details(sent: Mapping[str, Any]) -> ProofDetails:
    """Return the details of a file."""
    return ProofDetails(
        kind=EvidenceKind(sent.get("kind", EvidenceKind.OTHER)),
        signed_on=sent.get("signed_on"),
        signer_name=_text(sent.get("signer_name")),
        signer_title=_text(sent.get("signer_title")),
        covers=_tuple(sent.get("covers")),
    )


def codes(sent: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return a list of codes, empty if none was sent."""
    return _tuple(sent.get(name))


def codes_if_sent(sent: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """Return a list of codes, None if none was sent: an empty list says something else."""
    return None if sent.get(name) is None else _tuple(sent[name])


def _present(sent: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    return None if sent.get(name) is None else read(sent[name])


def _cleared(sent: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    return read(sent[name]) if name in sent else None


def _text(value: str | None) -> str:
    return value or ""


def _tuple(value: list[str] | None) -> tuple[str, ...]:
    return tuple(value or ())


def _texts(fields: Mapping[str, str | None] | None, every: Iterable[str]) -> dict[str, str]:
    """Return the named fields; null for the whole clears every one."""
    named = dict.fromkeys(every) if fields is None else fields
    return {name: _text(value) for name, value in named.items()}
