"""Gathering facts from an input: about the claim as a whole here, about its items in a module of their own."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from associations.enums import Activity
from claims.facts.items import item_facts
from claims.facts.people import customer_address, is_of_organisation
from claims.facts.shapes import ClaimFacts, LocationFacts, TenantFacts
from claims.inputs import ClaimInput, Purpose, RevenueInput
from foundation.kernel.actor import Actor
from foundation.kernel.rulebook import rulebook
from foundation.kernel.text import mail_domain, parse_domain, parse_guid, parse_mpn, without_www
from partners.models import Enrolment, Location, OwnTenant
from partners.selectors import global_admins_of
from tenants.models import Domain, Tenant
from tenants.selectors import directory_as_of


def gather_facts(
    given: ClaimInput,
    *,
    actor: Actor,
    purpose: Purpose,
    now: datetime,
    tenant_is_settled: bool = False,
    location_is_settled: bool = False,
) -> ClaimFacts:
    """Return the facts of a claim at `now`. Reads only.

    The tenant and the location of a submitted claim are settled: they are looked up by their identifiers alone, whatever
    has become of the customer's domains or the caller's bounds since.
    """
    today = now.date()
    facts = ClaimFacts(
        given=given,
        actor=actor,
        purpose=purpose,
        today=today,
        oldest_signature_on=months_before(today, rulebook.poe_max_age_months),
        activities=_activities(given.activities or ()),
        mpn_id=parse_mpn(given.mpn_id or ""),
        tenant_guid=parse_guid(given.tenant_guid or ""),
        domain=parse_domain(given.domain or ""),
        customer_mail_domain=_customer_mail_domain(given),
        directory_as_of=directory_as_of(),
    )
    tenant = _tenant(facts, by_guid_alone=tenant_is_settled)
    facts = replace(
        facts,
        global_admins=() if purpose is Purpose.APPROVAL else global_admins_of(given.organisation_id),
        location=_location(facts, unbounded=location_is_settled),
        tenant=tenant,
        is_own_tenant=_is_own_tenant(facts),
        customer_mail_is_tenants=_customer_mail_is_tenants(facts, tenant),
        customer_mail_is_own=_customer_mail_is_own(facts, tenant),
    )
    return replace(facts, items=item_facts(facts))


def months_before(day: date, months: int) -> date:
    """Return the day `months` calendar months earlier, or the last day of that month if it is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(years, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def _activities(typed: Iterable[str]) -> tuple[Activity, ...]:
    return tuple(dict.fromkeys(Activity(code) for code in typed if code in Activity.values))


def _location(facts: ClaimFacts, *, unbounded: bool) -> LocationFacts | None:
    if facts.mpn_id is None:
        return None
    locations = Location.objects.filter(organisation_id=facts.given.organisation_id, mpn_id=facts.mpn_id)
    if facts.actor.location_ids is not None and not unbounded:
        locations = locations.filter(pk__in=facts.actor.location_ids)
    row = locations.values_list("pk", "country").first()
    if row is None:
        return None
    enrolments = Enrolment.objects.filter(location_id=row[0], year=facts.today.year, ended=False)
    return LocationFacts(
        id=row[0], country=row[1], programmes=frozenset(enrolments.values_list("programme", flat=True))
    )


def _tenant(facts: ClaimFacts, *, by_guid_alone: bool) -> TenantFacts | None:
    """Look up the tenant in one query, so that an unknown tenant and a wrong domain take equally long."""
    if facts.tenant_guid is None or (facts.domain is None and not by_guid_alone):
        return None
    tenants = Tenant.objects.filter(guid=facts.tenant_guid)
    if not by_guid_alone:
        tenants = tenants.filter(domains__name__in=_domains_meant(facts.domain or ""))
    row = tenants.values_list("pk", "country").first()
    return None if row is None else TenantFacts(id=row[0], country=row[1])


def _domains_meant(domain: str) -> list[str]:
    """Return the domain, and what follows `www.` in it: web addresses have that in front of a tenant's domain."""
    return [name for name in (domain, without_www(domain)) if name]


def _is_own_tenant(facts: ClaimFacts) -> bool:
    if facts.tenant_guid is None:
        return False
    return OwnTenant.objects.filter(
        organisation_id=facts.given.organisation_id, guid=facts.tenant_guid
    ).exists()


def _customer_mail_domain(given: ClaimInput) -> str | None:
    address = customer_address(given)
    return parse_domain(mail_domain(address)) if address else None


def _customer_mail_is_tenants(facts: ClaimFacts, tenant: TenantFacts | None) -> bool:
    if tenant is None or facts.customer_mail_domain is None:
        return False
    return Domain.objects.filter(tenant_id=tenant.id, name=facts.customer_mail_domain).exists()


def _customer_mail_is_own(facts: ClaimFacts, tenant: TenantFacts | None) -> bool:
    if tenant is None or facts.customer_mail_domain is None:
        return False
    return is_of_organisation(facts.given, facts.customer_mail_domain, tenant_id=tenant.id)


def completed(given: ClaimInput) -> ClaimInput:
    """Return the input as a submission judges it: missing fields count as sent empty."""
    return replace(
        given,
        mpn_id=given.mpn_id or "",
        tenant_guid=given.tenant_guid or "",
        domain=given.domain or "",
        solution_area=given.solution_area or "",
        activities=given.activities or (),
        items=given.items or (),
        contacts=given.contacts or {},
        revenue_details=given.revenue_details or RevenueInput(),
        evidence=given.evidence or (),
        acknowledged=bool(given.acknowledged),
    )
