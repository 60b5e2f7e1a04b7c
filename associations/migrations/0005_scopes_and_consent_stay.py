"""What a scope is, and when the customer was asked for consent, are history; nothing of it is replaced or emptied."""

from django.db import migrations

from foundation.journal.triggers import Kept, changed, changed_again, history, keep, keep_rows

REQUEST = changed("id", "public_id", "claim_id", "created_at")


class Migration(migrations.Migration):
    dependencies = [("associations", "0004_what_took_effect_stays")]
    operations = [
        keep(
            *history("associations_scope", "a scope never changes: claims, cases and associations name it"),
            *history(
                "associations_consentrequest",
                "when a customer was asked for consent never changes",
                when=f"{REQUEST} OR {changed_again('handed_over_at', 'window_ends_at')} "
                f"OR (OLD.handed_over_at IS NOT NULL AND ({changed('undeliverable_at')}))",
            ),
        ),
        keep_rows(
            Kept(table="associations_scope"),
            Kept(table="associations_association"),
            Kept(table="associations_consentrequest"),
            Kept(table="associations_grant"),
        ),
    ]
