"""The kinds of files about partners (domain.md part 2), in the order in which they refer to each other."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy

from foundation.imports.columns import CODE, COUNTRY, FLAG, GUID, MPN, YEAR, Column, one_of, plain_text
from foundation.imports.kinds import Faults, Kind, StoredKind, refer
from foundation.imports.rows import Outcome, Row
from partners.enums import Programme
from partners.models import Enrolment, Location, Organisation, OwnTenant


class Organisations(StoredKind):
    model = Organisation
    name = "organisations"
    summary = gettext_lazy("One partner company per row.")
    key = ("code",)
    columns = (
        Column(name="code", form=CODE, meaning=gettext_lazy("Its code, which other files use for it.")),
        Column(name="name", form=plain_text(Organisation, "name"), meaning=gettext_lazy("Its name.")),
        Column(
            name="own_tenant_ids",
            form=GUID,
            many=True,
            required=False,
            empty=(),
            meaning=gettext_lazy(
                "Its own tenant IDs, for which it cannot claim; the list replaces the stored one."
            ),
        ),
    )

    def write(self, rows: Sequence[Row]) -> None:
        stored = self.store(rows)
        _store_own_tenants([row for row in rows if "own_tenant_ids" in row.values], stored)


def _store_own_tenants(rows: Sequence[Row], stored: Mapping[int, Organisation]) -> None:
    """Set each organisation's own tenant IDs to those its row lists: one query to read, two to write."""
    known = {row.existing.pk for row in rows if row.existing}
    present: dict[int, dict[object, int]] = {}
    for own in OwnTenant.objects.filter(organisation__in=known):
        present.setdefault(own.organisation_id, {})[own.guid] = own.pk
    added, removed = [], []
    for row in rows:
        organisation = row.existing or stored[row.line]
        wanted, has = set(row.values["own_tenant_ids"]), present.get(organisation.pk, {})
        if row.outcome is Outcome.UNCHANGED and wanted != has.keys():
            row.outcome = Outcome.UPDATED
        added += [
            OwnTenant(organisation_id=organisation.pk, guid=guid) for guid in sorted(wanted - has.keys())
        ]
        removed += [has[guid] for guid in has.keys() - wanted]
    if removed:
        OwnTenant.objects.filter(pk__in=removed).delete()
    OwnTenant.objects.bulk_create(added, ignore_conflicts=True)


class Locations(StoredKind):
    """Locations. An MPN stays with its organisation, since claims and members' bounds depend on it."""

    model = Location
    name = "locations"
    summary = gettext_lazy("One location per row, that is, one MPN of an organisation.")
    key = ("mpn_id",)
    columns = (
        Column(name="mpn_id", form=MPN, meaning=gettext_lazy("The location's MPN.")),
        Column(
            name="organisation",
            field="organisation_id",
            form=CODE,
            meaning=gettext_lazy("Code of its organisation."),
            fixed=True,
        ),
        Column(name="country", form=COUNTRY, meaning=gettext_lazy("Where it is.")),
        Column(
            name="label",
            form=plain_text(Location, "label"),
            required=False,
            empty="",
            first_only=True,
            meaning=gettext_lazy("A name for display; later the organisation's own admins maintain it."),
        ),
        Column(
            name="programme_type",
            form=plain_text(Location, "programme_type"),
            required=False,
            empty="",
            meaning=gettext_lazy("Internal programme type; never shown to partners (S38)."),
        ),
    )
    references = {"organisation": Organisations}


class Enrolments(Kind):
    """Enrolments. One that ended stays as a row, so that an older file does not enrol the location again."""

    name = "enrolments"
    summary = gettext_lazy("One enrolment per row: a location, an incentive programme and a year.")
    key = ("mpn_id", "programme", "year")
    columns = (
        Column(name="mpn_id", form=MPN, meaning=gettext_lazy("The location's MPN.")),
        Column(name="programme", form=one_of(Programme), meaning=gettext_lazy("The incentive programme.")),
        Column(name="year", form=YEAR, meaning=gettext_lazy("The year of the enrolment.")),
        Column(
            name="ended",
            form=FLAG,
            required=False,
            empty=False,
            meaning=gettext_lazy(
                "Whether the enrolment has ended or never was; a row without it says that the location is enrolled."
            ),
        ),
    )

    def look_up(self, rows: Sequence[Row]) -> Iterator[tuple[Row, Faults]]:
        yield from refer(rows, "mpn_id", Locations)
        locations = {row.found["mpn_id"] for row in rows if "mpn_id" in row.found}
        years = {row.values["year"] for row in rows}
        known = {
            (enrolment.location_id, enrolment.programme, enrolment.year): enrolment
            for enrolment in Enrolment.objects.filter(location__in=locations, year__in=years)
        }
        for row in rows:
            named = (row.found.get("mpn_id", 0), row.values["programme"], row.values["year"])
            row.existing = known.get(named)

    def is_older(self, row: Row, as_of: datetime) -> bool:
        return row.existing is not None and row.existing.said_at is not None and row.existing.said_at > as_of

    def write(self, rows: Sequence[Row]) -> None:
        """Set each row's outcome; `stamp`, which knows the time of what the rows say, stores them."""
        for row in rows:
            if row.existing is None:
                row.outcome = Outcome.CREATED
            else:
                same = row.existing.ended == row.values.get("ended", False)
                row.outcome = Outcome.UNCHANGED if same else Outcome.UPDATED

    def stamp(self, rows: Sequence[Row], *, as_of: datetime, goes_back: bool) -> None:  # noqa: ARG002 - rows with an older time are gone
        """Store the rows with `as_of`, in one statement that an enrolment given at the desk meanwhile does not fail."""
        Enrolment.objects.bulk_create(
            (
                Enrolment(
                    location_id=row.found["mpn_id"],
                    programme=row.values["programme"],
                    year=row.values["year"],
                    ended=row.values.get("ended", False),
                    said_at=as_of,
                )
                for row in rows
            ),
            update_conflicts=True,
            unique_fields=["location", "programme", "year"],
            update_fields=["ended", "said_at"],
        )


PARTNER_KINDS: Final[tuple[Kind, ...]] = (Organisations(), Locations(), Enrolments())
