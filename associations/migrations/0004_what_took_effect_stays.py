"""When an association and its grants took effect and ended is history: the database refuses to rewrite it."""

from django.db import migrations

from foundation.journal.triggers import changed, changed_again, history, keep

ASSOCIATION = changed(
    "id", "public_id", "scope_id", "organisation_id", "supersedes_id", "decided_case_id", "created_at"
)
GRANT = changed("id", "association_id", "consent_request_id", "activity", "earns_incentive", "created_at")


class Migration(migrations.Migration):
    dependencies = [
        ("associations", "0003_nobody_beside_a_pending_one"),
        ("journal", "0002_history_is_append_only"),
    ]
    operations = [
        keep(
            *history(
                "associations_association",
                "when an association took effect and ended never changes",
                when=f"{ASSOCIATION} OR OLD.state = 'ended' OR {changed_again('activated_at')}",
            ),
            *history(
                "associations_grant",
                "when a grant took effect and ended never changes",
                when=f"{GRANT} OR {changed_again('activated_at', 'handed_over_at', 'ended_at')} "
                f"OR (OLD.state = 'ended' AND ({changed('state', 'version', 'end_reason')}))",
            ),
        )
    ]
