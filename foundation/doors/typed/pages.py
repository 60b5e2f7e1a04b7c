"""What is answered to a form whose session is gone, and discarding what was kept."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from foundation.doors.typed.fields import typed_in
from foundation.doors.typed.keeping import keep
from foundation.doors.typed.models import KeptForm
from foundation.doors.typed.senders import person_of


def signed_out(request: HttpRequest) -> HttpResponse:
    """Return the page for a form that arrived without a session.

    What can be kept is kept and not shown, since anyone may sit there now; only what cannot be kept is shown.
    """
    kept = keep(request, now=timezone.now())
    typed = [] if kept else list(typed_in(request.POST))
    address = kept.page if kept else request.get_full_path()
    return render(request, "signed_out.html", {"kept": kept, "typed": typed, "address": address}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls it
    """Return the page for a form that is older than the session, and keep it for whom it was made."""
    kept = keep(request, now=timezone.now())
    is_own = not request.user.is_authenticated or (kept and kept.person == person_of(request.user))
    return render(request, "403_csrf.html", {"kept": kept if is_own else None}, status=403)


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Forget a kept form of the request's person, and go back to its page."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    try:
        named = UUID(request.POST.get("kept", ""))
    except ValueError:
        return redirect("/")
    kept = KeptForm.objects.filter(pk=named, person=person_of(request.user)).first()
    if kept is None:
        return redirect("/")
    kept.delete()
    messages.success(request, _("What you had typed was discarded."), extra_tags="good")
    return redirect(kept.page)
