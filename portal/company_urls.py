"""Addresses of the partners' own side."""

from django.urls import path

from partners.web import views

app_name = "partners"

urlpatterns = [
    path("company/locations/", views.locations, name="locations"),
    path("company/switch/", views.switch_company, name="switch_company"),
]
