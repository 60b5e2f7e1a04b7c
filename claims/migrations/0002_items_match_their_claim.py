"""All items share their claim's tenant, area and lane, and a submitted claim keeps them (domain.md part 3)."""

from django.db import migrations

from foundation.journal.triggers import Trigger, keep

STRANGER_TO_ITS_CLAIM = """
NOT EXISTS (
    SELECT 1 FROM claims_claim claim, associations_scope scope
    WHERE claim.id = NEW.claim_id AND scope.id = NEW.scope_id
    AND scope.tenant_id = claim.tenant_id AND scope.lane = claim.lane
    AND (claim.solution_area = 'business_applications') = (scope.subscription_id IS NOT NULL)
)
"""
ANOTHER_CUSTOMER_THAN_SUBMITTED = """
OLD.submitted_at IS NOT NULL AND (
    NEW.submitted_at IS NULL OR NEW.tenant_id <> OLD.tenant_id OR NEW.lane <> OLD.lane
    OR NEW.solution_area <> OLD.solution_area OR NEW.organisation_id <> OLD.organisation_id
)
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial"), ("associations", "0001_initial")]
    operations = [
        keep(
            Trigger(
                name="item_matches_its_claim",
                table="claims_claimitem",
                events=["INSERT", "UPDATE"],
                message="an item has the tenant, the area and the lane of its claim",
                when=STRANGER_TO_ITS_CLAIM,
            ),
            Trigger(
                name="claim_keeps_its_customer",
                table="claims_claim",
                events=["UPDATE"],
                message="tenant, area and activity never change after submission",
                when=ANOTHER_CUSTOMER_THAN_SUBMITTED,
            ),
        )
    ]
