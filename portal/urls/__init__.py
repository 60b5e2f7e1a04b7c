"""Every address of the portal."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("portal.urls.accounts")),
    path("", include("portal.urls.company")),
    path("", include("portal.urls.claims")),
]
