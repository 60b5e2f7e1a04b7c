"""All addresses of the product."""

from django.contrib import admin
from django.urls import include, path, re_path, register_converter

from cpor.health import healthz, readyz
from foundation.doors import problems
from foundation.doors.addresses import AnyCaseGuid
from foundation.doors.typed.pages import discard

register_converter(AnyCaseGuid, "guid")

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin/", admin.site.urls),
    path("api/v1/", include("api.urls")),
    re_path("^api/", problems.not_found),
    path("typed/discard/", discard, name="discard_typed"),
    path("", include("portal.urls")),
]

handler400 = "foundation.doors.problems.bad_request"
handler404 = "foundation.doors.problems.not_found"
handler500 = "foundation.doors.problems.server_error"
