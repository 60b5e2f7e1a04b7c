"""A page of the desk: a GET shows one row, a POST names an act and makes its one service call."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.events import PROOF_OPENED
from claims.services import cautions_about
from desk.acts import ActionForm, Button, DeskAct, Said
from desk.kept import kept_for_desk
from desk.lists import ServiceAdmin
from desk.site import actor_of
from foundation.journal.models import Event
from foundation.kernel.actor import Actor
from foundation.kernel.errors import NotFound
from foundation.kernel.rights import KEEPING_CLOCKS
from wording.history import HistoryRow, desk_history_rows

UNTOLD = 3
"""How many of the last events an overtaken form shows that does not say what its page knew."""


class ActingAdmin(ServiceAdmin):
    """The list and the page of one kind of row. Nothing on it is edited: every act is a service call.

    `acts` are its declarations, `key` is the services' parameter for the row's public id.
    """

    acts: ClassVar[Sequence[DeskAct]]
    key: ClassVar[str] = "public_id"
    converter: ClassVar[str] = "uuid"
    page_template: ClassVar[str]

    def find(self, actor: Actor, public_id: Any) -> Any:
        """Return the row. Raises NotFound for a hidden row as for a missing one."""
        raise NotImplementedError

    def about(self, row: Any) -> Sequence[Any]:
        """Return what a posted form can be about; what is still possible is for the service to decide."""
        raise NotImplementedError

    def happened(self, actor: Actor, row: Any) -> QuerySet[Event]:
        """Return the row's history as this reader may know it, oldest first."""
        raise NotImplementedError

    def in_words(self, actor: Actor, row: Any, events: Sequence[Event]) -> list[HistoryRow]:
        """Return these events of the row as the desk reads them."""
        return desk_history_rows(events)

    def build(self, request: HttpRequest, row: Any, tried: Mapping[str, ActionForm]) -> Mapping[str, Any]:
        """Return what the template shows of the row; `tried` are refused forms, shown again as typed."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        """Return the list and the page, and none of the editing pages of Django's admin."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        page = path(
            f"<{self.converter}:object_id>/",
            self.admin_site.admin_view(self.change_view),
            name=f"{name}_change",
        )
        return [page, *(each for each in super().get_urls() if each.name == f"{name}_changelist")]

    def change_view(
        self,
        request: HttpRequest,
        object_id: Any,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page, or do what was posted; a refused act shows the page with the form as typed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.seen(request, object_id)
        if request.method != "POST":
            return self._show(request, row, self._kept(request, row), extra_context=extra_context)
        found = self._named(request.POST.get("action"))
        if found is None:
            return HttpResponse(_("This act does not exist here."), status=HTTPStatus.BAD_REQUEST)
        act, button = found
        form = act.bind(request.POST, self.about(row))
        tried = {act.name: form}
        if button.service is None:
            form.is_valid()
            return self._show(request, row, tried)
        if button is act.buttons[0] and (hints := self._cautions(request, row, form)):
            return self._show(request, row, tried, hints, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        key = {self.key: identifier_of(row)}
        if not button.attempt(form, key, actor=actor_of(request), now=timezone.now()):
            if form.failed_with:
                row = self.seen(request, object_id)  # another request may have changed it meanwhile
            return self._show(request, row, tried, list(form.said()), status=form.http_status)
        if button.then:
            context = {**self._frame(request, row), **self._since(actor_of(request), row, form), "form": form}
            return TemplateResponse(request, button.then, context)
        messages.success(request, str(button.done) % self.names(row))
        return redirect(address_of(row))

    def _named(self, button_name: str | None) -> tuple[DeskAct, Button] | None:
        buttons = ((act, button) for act in self.acts for button in act.buttons)
        return next(((act, button) for act, button in buttons if button.name == button_name), None)

    def _kept(self, request: HttpRequest, row: Any) -> dict[str, ActionForm]:
        """Return the form that was typed here and could not be sent, as typed; nothing is carried out."""
        kept = kept_for_desk(request)
        found = self._named(kept.get("action")) if kept else None
        if found is None:
            return {}
        act, _button = found
        form = act.bind(kept, self.about(row))
        form.is_valid()
        return {act.name: form}

    def addressees(self, row: Any) -> Sequence[int]:
        """Return the claims whose partners read what is sent from this page."""
        return ()

    def _cautions(self, request: HttpRequest, row: Any, form: ActionForm) -> list[Said]:
        """Return hints in the texts at other parties; sending the same texts once more sends them (5.7)."""

        def about(text: str) -> list[str]:
            return cautions_about(text=text, claim_ids=self.addressees(row))

        hints = form.caution(about, request.POST.get("cautions_seen", ""))
        if hints:
            again = _("To send it all the same, press the button again; otherwise change the text first.")
            return [*hints, Said(code="CAUTION", message=again)]
        return []

    def names(self, row: Any) -> Mapping[str, str]:
        """Return what the texts of acts name."""
        return {}

    def seen(self, request: HttpRequest, public_id: Any) -> Any:
        """Return the row. Raises Http404 for a hidden row as for a missing one."""
        try:
            return self.find(actor_of(request), public_id)
        except NotFound:
            raise Http404 from None

    def _show(
        self,
        request: HttpRequest,
        row: Any,
        tried: Mapping[str, ActionForm],
        said: Sequence[Said] = (),
        *,
        status: int = HTTPStatus.OK,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        behind = next((form for form in tried.values() if form.is_behind), None)
        context = {
            **self._frame(request, row),
            **self._since(actor_of(request), row, behind),
            **(extra_context or {}),
            **self.build(request, row, tried),
        }
        return TemplateResponse(request, self.page_template, {**context, "said": said}, status=status)

    def _since(self, actor: Actor, row: Any, form: ActionForm | None) -> dict[str, Any]:
        """Return up to which event the page knows the row's history, and what `form` does not know of it."""
        events = self.happened(actor, row)
        newest = events.order_by("-pk")
        told = {"seen_to": newest.values_list("pk", flat=True).first() or 0}
        if form is None:
            return told
        events = events.exclude(type=PROOF_OPENED.name)
        since = [] if form.seen_to is None else list(events.filter(pk__gt=form.seen_to))
        if not since and form.is_overtaken:
            since = list(reversed(events.order_by("-pk")[:UNTOLD]))
        return {**told, "changed": self.in_words(actor, row, since) if since else []}

    def _frame(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": str(row),
            "subtitle": None,
            "opts": self.opts,
            "names": self.names(row),
            "version": getattr(row, "version", None),
            "keeps_clocks": KEEPING_CLOCKS.refusal(actor_of(request)) is None,
            self.opts.model_name or "": row,
        }


def address_of(row: Any) -> str:
    """Return the address of the row's page at the desk."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[identifier_of(row)])


def identifier_of(row: Any) -> str:
    """Return what addresses and services know the row by."""
    return str(getattr(row, "public_id", row.pk))
