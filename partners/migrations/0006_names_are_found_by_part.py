from django.db import migrations

from foundation.search import searched_by_part


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0005_sessions_end_at_once"),
    ]

    operations = [
        *searched_by_part("partners_organisation", "names_folded"),
    ]
