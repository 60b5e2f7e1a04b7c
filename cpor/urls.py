"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path, re_path

from cpor.health import healthz, readyz
from cpor.interfaces import problems

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin/", admin.site.urls),
    path("api/v1/", include("claims.api.urls")),
    re_path("^api/", problems.not_found),
    path("accounts/", include("partners.web.account_urls")),
    path("", include("partners.web.urls")),
    path("", include("claims.web.urls")),
]

handler400 = "cpor.interfaces.problems.bad_request"
handler404 = "cpor.interfaces.problems.not_found"
handler500 = "cpor.interfaces.problems.server_error"
