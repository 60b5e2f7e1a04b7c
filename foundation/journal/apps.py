from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "foundation.journal"
    label = "journal"
