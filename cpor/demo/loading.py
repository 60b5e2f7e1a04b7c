"""Loading the demo once into an otherwise empty database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from claims.models import Claim
from cpor.demo.claims import Stage, play
from cpor.demo.directory import load_directory
from cpor.demo.people import USER_NAMES, create_people
from cpor.sweeps import sweep
from foundation.kernel.actor import SYSTEM, Channel
from foundation.kernel.errors import Conflict
from partners.models import Organisation, User
from tenants.models import Subscription, Tenant

SECOND_SALES = {"tenant__name": "Contoso", "channel": "web_direct"}


def load_demo(*, today: date) -> bool:
    """Load the demo with dates relative to `today`; return False if it is already there.

    Raises Conflict DEMO_REFUSED in production mode, or if there is data that is not the demo's.
    """
    if settings.PRODUCTION:
        raise Conflict(_("The demo is not loaded in production mode."), code="DEMO_REFUSED")
    if User.objects.filter(username="ana").exists() and Claim.objects.exists():
        return False
    strangers = User.objects.exclude(username__in=USER_NAMES).exclude(is_superuser=True).exists()
    if strangers or Organisation.objects.exists() or Tenant.objects.exists() or Claim.objects.exists():
        raise Conflict(
            _("There is other data here. The demo is loaded into an empty database only."),
            code="DEMO_REFUSED",
        )
    with _files_of_a_failure_removed(), transaction.atomic():
        _load(today)
    return True


def _load(today: date) -> None:
    morning = datetime.combine(today, time.min, tzinfo=UTC)
    load_directory(today=today, actor=SYSTEM.through(Channel.COMMAND), now=morning)
    subscription_b = Subscription.objects.get(**SECOND_SALES)
    play(Stage(people=create_people(now=morning), today=today), subscription_b=str(subscription_b.guid))
    sweep(now=morning)


@contextmanager
def _files_of_a_failure_removed() -> Iterator[None]:
    """Take away the files of proof whose rows are rolled back."""
    before = _files()
    try:
        yield
    except BaseException:
        for path in _files() - before:
            path.unlink(missing_ok=True)
        raise


def _files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
