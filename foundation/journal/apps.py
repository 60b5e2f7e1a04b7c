from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "cpor.journal"
    label = "journal"
