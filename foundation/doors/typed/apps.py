from django.apps import AppConfig


class TypedConfig(AppConfig):
    name = "foundation.doors.typed"
    label = "typed"
