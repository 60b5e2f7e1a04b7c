"""Facts about the people named in a claim: whether the customer's contact is really somebody else (E4)."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from claims.inputs import ClaimInput
from foundation.kernel.text import mail_domain, parse_address
from partners.models import Member, OwnTenant
from tenants.models import Domain


def is_well_formed_address(address: str) -> bool:
    """Return whether the text is an email address."""
    try:
        validate_email(parse_address(address) or address.strip())
    except ValidationError:
        return False
    return True


def customer_address(given: ClaimInput) -> str | None:
    """Return the customer contact's address; None unless it is well-formed."""
    customer = (given.contacts or {}).get("customer")
    return customer.email if customer and is_well_formed_address(customer.email) else None


def is_of_organisation(given: ClaimInput, domain: str, *, tenant_id: int) -> bool:
    """Return whether the customer contact's address, in `domain`, belongs to the claim's own organisation.

    It does if it is that of a member or of the partner contact, or in a domain of one of the organisation's own tenants,
    or in the domain of a member's address, unless that one is the customer's.
    """
    own = {_mailbox(address) for address in _own_addresses(given)}
    if _mailbox(customer_address(given) or "") in own:
        return True
    domains = {mail_domain(address) for address in own} - {""}
    own_tenants = OwnTenant.objects.filter(organisation_id=given.organisation_id).values("guid")
    of_customer = Domain.objects.filter(tenant_id=tenant_id, name__in=domains)
    of_own = Domain.objects.filter(tenant__guid__in=own_tenants)
    # Two conditions joined by OR over two tables would read every domain there is.
    listed = of_customer.order_by().union(of_own.order_by())
    for owner, name in listed.values_list("tenant_id", "name"):
        domains = domains - {name} if owner == tenant_id else domains | {name}
    return any(domain == one or domain.endswith(f".{one}") for one in domains)


def _own_addresses(given: ClaimInput) -> list[str]:
    members = Member.objects.filter(organisation_id=given.organisation_id, ended_at__isnull=True)
    partner = (given.contacts or {}).get("partner")
    addresses = [*members.values_list("user__email", flat=True), partner.email if partner else ""]
    return [address for address in addresses if address]


def _mailbox(address: str) -> str:
    """Return the address under which a mailbox is known, without what its owner put after a plus sign."""
    local, at, domain = (parse_address(address) or address).casefold().rpartition("@")
    return local.partition("+")[0] + at + domain
