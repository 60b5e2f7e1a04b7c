"""Signing in with an answer that says how long to wait, and signing out everywhere."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.views import LoginView
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partners.models import User
from portal.pages.kept import choose_company_of
from portal.session.accounts import LIMITED
from portal.session.ending import end_sessions


class SignIn(LoginView):
    """The library's page; after too many wrong passwords it answers 429 with `Retry-After`."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in; what was typed before and is kept at the page that follows is found there."""
        response: HttpResponse = super().form_valid(form)
        if isinstance(self.request.user, User) and response.has_header("Location"):
            choose_company_of(self.request, self.request.user, urlsplit(response["Location"]).path)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Return the page with what is wrong."""
        response: HttpResponse = super().form_invalid(form)
        for error in form.non_field_errors().as_data():
            if error.code == LIMITED:
                response.status_code = 429
                response["Retry-After"] = str(error.params["wait"])
        return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """Ask, then end every session of the user and, if chosen, every token."""
    if request.method != "POST":
        return render(request, "account/everywhere.html")
    assert isinstance(request.user, User)
    end_sessions(request.user, tokens="tokens" in request.POST, now=timezone.now())
    logout(request)
    return redirect("account_login")
