"""Signing in and out. The desk creates and changes accounts, so nothing else of the library is routed."""

from allauth.account import views
from django.urls import path

from portal.views.signing import SignIn, sign_out_everywhere

urlpatterns = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("logout/everywhere/", sign_out_everywhere, name="sign_out_everywhere"),
    path("inactive/", views.account_inactive, name="account_inactive"),
]
