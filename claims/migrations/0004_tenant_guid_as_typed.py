"""What is typed is a `tenant_guid`; `tenant_id` is a key."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_activities_match_their_item")]

    operations = [
        migrations.RenameField(model_name="claim", old_name="tenant_id_text", new_name="tenant_guid"),
    ]
