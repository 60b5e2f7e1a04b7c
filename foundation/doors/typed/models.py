"""Forms that were posted and could not be accepted because their writer had lost the session or the right."""

import uuid
from datetime import datetime, timedelta

from django.db import models

KEPT_FOR = timedelta(days=1)


class KeptForm(models.Model):
    """One form as it was posted, files and passwords left out.

    `person` and `side` are keyed hashes (`foundation.doors.typed.senders`): a row is found only by who comes back as the
    same person to the same side, and the table names nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.CharField(max_length=64)
    side = models.CharField(max_length=64)
    page = models.CharField(max_length=200)
    encoded = models.TextField()
    typed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "page"], name="kept_form_person"),
            models.Index(fields=["typed_at"], name="kept_form_typed_at"),
        ]

    def __str__(self) -> str:
        return self.page

    @property
    def kept_until(self) -> datetime:
        return self.typed_at + KEPT_FOR
