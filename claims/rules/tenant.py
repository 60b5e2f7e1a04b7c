"""Rules B: the customer's tenant (S3-S6). Until ID and domain match, we reveal nothing else about it."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from claims.facts import ClaimFacts
from claims.guidance import CONFIRM_TENANT_AND_DOMAIN, CONTACT_SUPPORT
from claims.rules.base import ClaimRule, finding_at, given
from foundation.kernel.findings import Finding
from foundation.kernel.text import is_nil_guid

TENANT_ID = "/tenant_id"
DOMAIN = "/domain"


def _tenant_id_is_a_guid(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.tenant_guid is None and is_nil_guid(facts.given.tenant_guid or ""):
        yield finding_at(
            "TENANT_ID_FORMAT",
            TENANT_ID,
            _("This ID consists of zeros only. Software writes it where there is no ID; no tenant has it."),
            _("The page or file that you copied it from had no tenant ID."),
            _(
                "Ask the customer for the tenant ID; their admin center shows it as tenant ID or "
                "directory ID."
            ),
            last=CONTACT_SUPPORT,
        )
    elif facts.tenant_guid is None:
        yield finding_at(
            "TENANT_ID_FORMAT",
            TENANT_ID,
            _(
                "This is not a tenant ID. A tenant ID looks like 12345678-90ab-cdef-1234-567890abcdef, with "
                "the digits 0 to 9 and the letters a to f."
            ),
            _("It is missing, or you entered a name, a domain or an order number."),
            _(
                "Ask the customer for the tenant ID; their admin center shows it as tenant ID or "
                "directory ID."
            ),
            last=CONTACT_SUPPORT,
        )


def _domain_is_well_formed(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.domain is None:
        yield finding_at(
            "SUBDOMAIN_FORMAT",
            DOMAIN,
            _("This is not a domain. Enter it like contoso, contoso.onmicrosoft.com or contoso.com."),
            _("It is missing, or it contains spaces or characters that a domain cannot have."),
            _("Ask the customer for a domain of the tenant; their admin center lists them all."),
            last=CONTACT_SUPPORT,
        )


def _domain_is_the_tenants(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.tenant is None:
        yield finding_at(
            "DOMAIN_TENANT_MISMATCH",
            DOMAIN,
            _("We do not know a tenant with this tenant ID and this domain."),
            _(
                "One of the two is wrong, or they belong to different customers. To protect customers, we "
                "do not say which."
            ),
            CONFIRM_TENANT_AND_DOMAIN,
            last=CONTACT_SUPPORT,
        )


def _tenant_is_a_customers(facts: ClaimFacts) -> Iterable[Finding]:
    if facts.is_own_tenant:
        yield finding_at(
            "OWN_TENANT",
            TENANT_ID,
            _("This is your own company's tenant ID."),
            _("You can claim only for a customer, not for your own company's tenants."),
            _("Ask the customer for their tenant ID and enter that one."),
            last=CONTACT_SUPPORT,
        )


RULES = (
    ClaimRule(
        id="B1",
        codes=("TENANT_ID_FORMAT",),
        statement=_("The tenant ID is a GUID."),
        basis="S3",
        present=given("tenant_guid"),
        inputs=("tenant_guid",),
        judge=_tenant_id_is_a_guid,
    ),
    ClaimRule(
        id="B2",
        codes=("SUBDOMAIN_FORMAT",),
        statement=_("The domain is well-formed."),
        basis="S4",
        present=given("domain"),
        inputs=("domain",),
        judge=_domain_is_well_formed,
    ),
    ClaimRule(
        id="B3",
        codes=("DOMAIN_TENANT_MISMATCH",),
        statement=_(
            "The tenant is known, the domain is known, and they belong together; all failures get one refusal."
        ),
        basis="S5, S6",
        needs=("B1", "B2"),
        present=given("tenant_guid", "domain"),
        inputs=("tenant_guid", "domain"),
        judge=_domain_is_the_tenants,
    ),
    ClaimRule(
        id="B4",
        codes=("OWN_TENANT",),
        statement=_("The tenant ID is not one of the company's own."),
        needs=("B1",),
        present=given("tenant_guid"),
        inputs=("tenant_guid",),
        judge=_tenant_is_a_customers,
    ),
)
