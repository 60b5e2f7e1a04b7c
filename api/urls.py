"""Addresses of the API, below /api/v1/."""

from django.urls import path

from api import views

app_name = "claims-api"

urlpatterns = [
    path("claim-checks/", views.ClaimChecks.as_view(), name="claim-checks"),
    path("claims/", views.Claims.as_view(), name="claims"),
    path("claims/<uuid:public_id>/", views.OneClaim.as_view(), name="claim"),
    path("claims/<uuid:public_id>/submit/", views.Submit.as_view(), name="submit"),
    path("claims/<uuid:public_id>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
    path("claims/<uuid:public_id>/respond/", views.Respond.as_view(), name="respond"),
    path("claims/<uuid:public_id>/items/", views.Items.as_view(), name="items"),
    path("claims/<uuid:public_id>/evidence/", views.EvidenceFiles.as_view(), name="evidence"),
    path(
        "claims/<uuid:public_id>/evidence/<uuid:evidence_id>/file/",
        views.EvidenceFile.as_view(),
        name="evidence-file",
    ),
    path("claims/<uuid:public_id>/comments/", views.Comments.as_view(), name="comments"),
    path("claims/<uuid:public_id>/history/", views.History.as_view(), name="history"),
]
