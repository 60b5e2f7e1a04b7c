"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from cpor.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin/", admin.site.urls),
    path("api/v1/", include("claims.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("partners.web.urls")),
    path("", include("claims.web.urls")),
]
