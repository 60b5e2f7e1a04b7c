"""What makes an open item unique cannot part from its item, and activities stay as submitted (domain.md part 3)."""

from django.db import migrations

from foundation.journal.triggers import Trigger, keep

STRANGER_TO_ITS_ITEM = """
NOT EXISTS (
    SELECT 1 FROM claims_claimitem item, claims_claim claim, associations_scope scope
    WHERE item.id = NEW.item_id AND claim.id = item.claim_id AND scope.id = item.scope_id
    AND scope.id = NEW.scope_id AND scope.lane = NEW.lane AND claim.organisation_id = NEW.organisation_id
    AND (item.outcome = 'pending' OR NOT NEW.is_open)
)
"""
CLOSED_WITH_AN_OPEN_ACTIVITY = """
NEW.outcome <> 'pending' AND EXISTS (
    SELECT 1 FROM claims_itemactivity activity WHERE activity.item_id = NEW.id AND activity.is_open
)
"""
OTHER_ACTIVITIES_THAN_SUBMITTED = "OLD.submitted_at IS NOT NULL AND NEW.activities <> OLD.activities"


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_items_match_their_claim")]
    operations = [
        keep(
            Trigger(
                name="activity_matches_its_item",
                table="claims_itemactivity",
                events=["INSERT", "UPDATE"],
                message="an activity has the organisation, the scope and the lane of its item, open only while that is",
                when=STRANGER_TO_ITS_ITEM,
            ),
            Trigger(
                name="closed_item_is_closed",
                table="claims_claimitem",
                events=["UPDATE"],
                message="a closed item has no open activity",
                when=CLOSED_WITH_AN_OPEN_ACTIVITY,
            ),
            Trigger(
                name="claim_keeps_its_activities",
                table="claims_claim",
                events=["UPDATE"],
                message="tenant, area and activity never change after submission",
                when=OTHER_ACTIVITIES_THAN_SUBMITTED,
            ),
        )
    ]
