"""The desk's site, for staff with a seat. They act here as the desk and never as a partner."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from desk.kept import show_kept_at_desk
from foundation.doors.request_id import current_request_id
from foundation.doors.typed.keeping import forget_sent
from foundation.doors.typed.pages import signed_out
from foundation.doors.typed.senders import DESK, sender_in, set_side
from foundation.kernel.actor import Actor, ActorKind, Channel, DeskRole
from partners.actors import desk_actor
from partners.models import User

ACTOR = "_desk_actor"
FIRST_APPS = ("claims", "arbitration", "associations")


class DeskSite(AdminSite):
    """Django's admin behind the desk's own access rules."""

    site_header = _("CPOR claim desk")
    site_title = _("CPOR claim desk")
    index_title = _("Claim desk")
    site_url = None
    enable_nav_sidebar = False  # the queue needs the width; the header leads everywhere

    def has_permission(self, request: HttpRequest) -> bool:
        """Admit staff with a seat, and superusers, who assign the first seats and see no claim without one."""
        user = request.user
        if not (user.is_active and user.is_staff):
            return False
        return user.is_superuser or bool(actor_of(request).desk_roles)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in on the product's own page, with its limits; refuse signed-in users without a seat."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Guard a view as Django does, but refuse who has no seat instead of asking to sign in again.

        A form that arrives without a session, or without the right to send it, is kept for who typed it.
        """
        guarded: Callable[..., HttpResponseBase] = super().admin_view(view, cacheable)

        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            set_side(request, DESK)
            is_known = request.user.is_authenticated
            if not is_known and request.method == "POST" and sender_in(request.POST):
                return signed_out(request)
            leaving = request.path == reverse(f"{self.name}:logout")
            try:
                if is_known and not leaving and not self.has_permission(request):
                    raise PermissionDenied
                response = guarded(request, *args, **kwargs)
            except (PermissionDenied, Http404):
                show_kept_at_desk(request)
                raise
            forget_sent(request, response)
            return response

        return entered

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return claims and cases first, then the rest by name."""
        apps = super().get_app_list(request, app_label)
        order = {label: place for place, label in enumerate(FIRST_APPS)}
        return sorted(apps, key=lambda app: order.get(app["app_label"], len(order)))


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor, looked up once per request. Without a seat it has no roles and sees nothing."""
    actor: Actor | None = getattr(request, ACTOR, None)
    if actor is None:
        actor = _actor(request)
        setattr(request, ACTOR, actor)
    return actor


def is_desk_admin(request: HttpRequest) -> bool:
    """Return whether the user is a desk admin; a superuser counts as one, to assign the first seats."""
    return request.user.is_superuser or DeskRole.DESK_ADMIN in actor_of(request).desk_roles


def keeper_of(request: HttpRequest) -> Actor:
    """Return the actor for changes of accounts, seats and members, where a superuser counts as a desk admin."""
    actor = actor_of(request)
    return (
        replace(actor, desk_roles=actor.desk_roles | {DeskRole.DESK_ADMIN})
        if is_desk_admin(request)
        else actor
    )


def _actor(request: HttpRequest) -> Actor:
    request_id = current_request_id()
    user = request.user
    found = desk_actor(user, channel=Channel.ADMIN, request_id=request_id) if isinstance(user, User) else None
    return found or Actor(
        kind=ActorKind.DESK,
        name=user.get_username(),
        user_id=user.pk,
        channel=Channel.ADMIN,
        request_id=request_id,
    )
