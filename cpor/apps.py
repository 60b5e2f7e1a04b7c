from django.apps import AppConfig

from cpor.celery import app as celery_app


class CporConfig(AppConfig):
    """The composition root: it connects events to their listeners once all apps are loaded."""

    name = "cpor"

    def ready(self) -> None:
        from cpor.wiring import connect  # noqa: PLC0415 (models can be imported only from here on)

        celery_app.set_default()  # so that this process publishes through it, be it worker or web server
        connect()
