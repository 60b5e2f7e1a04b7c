"""Partner organisations with their locations and members, and the people of the desk."""

from collections.abc import Iterator

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from foundation.search import FoldedNames
from partners.enums import DESK_ROLE_LABELS, PARTNER_ROLE_LABELS, Programme


class User(AbstractUser):
    """A person who signs in. Memberships and desk seats give the rights."""

    names_folded = FoldedNames(of=("username", "first_name", "last_name"))
    sign_outs = models.PositiveIntegerField(
        _("sign-outs"), default=0, editable=False, help_text=_("How often all sessions were ended at once.")
    )

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry: it changes with the password and when all sessions are ended."""
        return self._with_sign_outs(super().get_session_auth_hash())

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same for each earlier secret key."""
        yield from map(self._with_sign_outs, super().get_session_auth_fallback_hash())

    def _with_sign_outs(self, hashed: str) -> str:
        return f"{hashed}:{self.sign_outs}"

    @property
    def shown_name(self) -> str:
        """Return the full name, or the user name if no full name is known."""
        return self.get_full_name() or self.get_username()


class Organisation(models.Model):
    """A partner company."""

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    names_folded = FoldedNames(of=("name",))
    said_at = models.DateTimeField(_("as of"), null=True, help_text=_("When the directory said this."))

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OwnTenant(models.Model):
    """A tenant of the organisation itself, for which it cannot claim (OWN_TENANT)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="own_tenants")
    guid = models.UUIDField(_("tenant ID"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "guid"], name="own_tenant_once")]

    def __str__(self) -> str:
        return str(self.guid)


class Location(models.Model):
    """One of an organisation's MPNs (S36). `programme_type` is internal and is never shown to partners (S38)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="locations")
    mpn_id = models.CharField(_("MPN"), max_length=10, unique=True)
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166-1 alpha-2"))
    label = models.CharField(_("label"), max_length=100, blank=True)
    names_folded = FoldedNames(of=("label",))
    programme_type = models.CharField(_("internal programme type"), max_length=32, blank=True)
    said_at = models.DateTimeField(_("as of"), null=True, help_text=_("When the directory said this."))

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["mpn_id"]

    def __str__(self) -> str:
        return f"{self.mpn_id} {self.label}".strip()


class Enrolment(models.Model):
    """A location's enrolment in an incentive programme for a year (S37, S41)."""

    location = models.ForeignKey(Location, models.CASCADE, related_name="enrolments")
    programme = models.CharField(_("programme"), max_length=16, choices=Programme.choices)
    year = models.PositiveSmallIntegerField(_("year"))
    ended = models.BooleanField(_("ended"), default=False, help_text=_("An ended enrolment counts nowhere."))
    said_at = models.DateTimeField(_("as of"), null=True, help_text=_("When the directory said this."))

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["location", "programme", "year"], name="enrolment_once")
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.year}"


class Member(models.Model):
    """A user in an organisation. The row stays when it ends: former members stay conflicted at the desk (5.9)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    locations = models.ManyToManyField(
        Location, blank=True, verbose_name=_("bounded to locations"), help_text=_("None means all of them.")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], condition=Q(ended_at__isnull=True), name="member_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"


class MemberRole(models.Model):
    member = models.ForeignKey(Member, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=20, choices=PARTNER_ROLE_LABELS)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "role"], name="member_role_once")]

    def __str__(self) -> str:
        return self.get_role_display()


class DeskSeat(models.Model):
    """A role of a user at the desk."""

    user = models.ForeignKey(User, models.PROTECT, related_name="desk_seats")
    role = models.CharField(_("role"), max_length=12, choices=DESK_ROLE_LABELS)

    class Meta:
        verbose_name = _("desk seat")
        verbose_name_plural = _("desk seats")
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="desk_seat_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class ApiToken(AbstractAuthToken):
    """A bearer token of a user for one organisation or, without one, for the desk. Knox stores its hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    name = models.CharField(_("name"), max_length=100, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
