"""State which kinds of product each solution area has, as the table in `tenants.enums` does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="product", name="product_kind_matches_area"),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["dynamics", "other"]), ("solution_area", "business_applications")),
                    models.Q(("kind__in", ["workload"]), ("solution_area", "microsoft_365")),
                    _connector="OR",
                ),
                name="product_kind_matches_area",
            ),
        ),
    ]
