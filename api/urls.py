"""Addresses of the API, below /api/v1/."""

from django.urls import path

from api import views

app_name = "claims-api"

urlpatterns = [
    path("claim-checks/", views.ClaimChecks.as_view(), name="claim-checks"),
    path("claims/", views.Claims.as_view(), name="claims"),
    path("claims/<guid:public_id>/", views.OneClaim.as_view(), name="claim"),
    path("claims/<guid:public_id>/findings/", views.Findings.as_view(), name="findings"),
    path("claims/<guid:public_id>/submit/", views.Submit.as_view(), name="submit"),
    path("claims/<guid:public_id>/withdraw/", views.Withdraw.as_view(), name="withdraw"),
    path("claims/<guid:public_id>/respond/", views.Respond.as_view(), name="respond"),
    path("claims/<guid:public_id>/items/", views.Items.as_view(), name="items"),
    path("claims/<guid:public_id>/evidence/", views.EvidenceFiles.as_view(), name="evidence"),
    path(
        "claims/<guid:public_id>/evidence/<guid:evidence_id>/file/",
        views.EvidenceFile.as_view(),
        name="evidence-file",
    ),
    path("claims/<guid:public_id>/comments/", views.Comments.as_view(), name="comments"),
    path("claims/<guid:public_id>/history/", views.History.as_view(), name="history"),
]
