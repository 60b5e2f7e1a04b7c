from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """Gives `manage.py seed_bench`; it has no tables."""

    name = "benchmarks"
