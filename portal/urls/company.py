"""Addresses of the pages about the partner's own company."""

from django.urls import path

from portal.views import company

app_name = "partners"

urlpatterns = [
    path("company/locations/", company.locations, name="locations"),
    path("company/switch/", company.switch_company, name="switch_company"),
]
