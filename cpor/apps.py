from django.apps import AppConfig

from cpor.celery import app as celery_app


class CporConfig(AppConfig):
    """The composition root: connects events to what listens to them, once all apps are loaded."""

    name = "cpor"

    def ready(self) -> None:
        from cpor.wiring import connect  # noqa: PLC0415 (models can be imported from here on only)

        celery_app.set_default()  # what this process publishes through, as a worker or as a web server
        connect()
