"""The first set of products and workloads (domain.md part 2): data that the demo and the sample files share.

No rule decides by these names; rules look at the rows that an import made from them.
"""

from dataclasses import dataclass

from tenants.enums import ProductKind, SolutionArea


@dataclass(frozen=True, kw_only=True)
class CatalogueEntry:
    """One product as a directory file lists it."""

    code: str
    name: str
    solution_area: SolutionArea
    kind: ProductKind
    claimable: bool = True
    incentive_eligible: bool = True


def _dynamics(short_code: str, name: str) -> CatalogueEntry:
    return CatalogueEntry(
        code=f"dynamics-365-{short_code}",
        name=f"Dynamics 365 {name}",
        solution_area=SolutionArea.BUSINESS_APPLICATIONS,
        kind=ProductKind.DYNAMICS,
    )


def _workload(code: str, name: str) -> CatalogueEntry:
    return CatalogueEntry(
        code=code, name=name, solution_area=SolutionArea.MICROSOFT_365, kind=ProductKind.WORKLOAD
    )


CATALOGUE: tuple[CatalogueEntry, ...] = (
    _dynamics("sales", "Sales"),
    _dynamics("customer-service", "Customer Service"),
    _dynamics("field-service", "Field Service"),
    _dynamics("project-service-automation", "Project Service Automation"),
    _dynamics("marketing", "Marketing"),
    _dynamics("finance", "Finance"),
    _dynamics("supply-chain-management", "Supply Chain Management"),
    _dynamics("commerce", "Commerce"),
    _dynamics("retail", "Retail"),
    _dynamics("human-resources", "Human Resources"),
    _dynamics("business-central", "Business Central"),
    _dynamics("team-members", "Team Members"),
    CatalogueEntry(
        code="power-bi",
        name="Power BI",
        solution_area=SolutionArea.BUSINESS_APPLICATIONS,
        kind=ProductKind.OTHER,
        claimable=False,
        incentive_eligible=False,
    ),
    _workload("exchange-online", "Exchange Online"),
    _workload("sharepoint-online", "SharePoint Online"),
    _workload("onedrive-for-business", "OneDrive for Business"),
    _workload("microsoft-teams", "Microsoft Teams"),
    _workload("yammer", "Yammer"),
    _workload("microsoft-365-apps", "Microsoft 365 Apps"),
    _workload("intune", "Intune"),
    _workload("azure-ad-premium", "Azure AD Premium"),
    _workload("azure-information-protection", "Azure Information Protection"),
    _workload("defender-for-office-365", "Defender for Office 365"),
)
