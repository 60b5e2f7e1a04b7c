"""Names in the form in which they are searched, stored beside them, so that every database finds them alike."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.kernel.text import folded


class FoldedNames(models.TextField):  # type: ignore[type-arg] # takes no arguments at run time
    """The named columns of the row in folded form, written by every save and bulk insert, never by hand.

    SQLite folds no case but that of English letters, and no database compares composed and decomposed letters alike.
    """

    def __init__(self, *, of: tuple[str, ...], **options: Any) -> None:
        self.of = tuple(of)
        super().__init__(_("names as searched"), editable=False, default="", **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Return the field as migrations write it."""
        name, path, _arguments, options = super().deconstruct()
        for fixed in ("verbose_name", "editable", "default"):
            options.pop(fixed, None)
        return name, path, [], {**options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002 - Django's shape
        """Return the folded names, and put them into the row."""
        value = folded(" ".join(str(getattr(model_instance, name)) for name in self.of))
        setattr(model_instance, self.attname, value)
        return value
