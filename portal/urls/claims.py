"""Addresses of the partners' claim pages."""

from django.urls import path

from portal.views import conversation, filing, following, home, items, proof, submission, support

app_name = "claims"

CLAIM = "claims/<guid:public_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("support/", support.support, name="support"),
    path("claims/", following.claim_list, name="list"),
    path("claims/new/", filing.new_claim, name="new"),
    path(CLAIM, following.claim_page, name="claim"),
    path(f"{CLAIM}customer/", filing.CustomerStep.as_view(), name="customer"),
    path(f"{CLAIM}activity/", filing.ActivityStep.as_view(), name="activity"),
    path(f"{CLAIM}revenue/", filing.RevenueStep.as_view(), name="revenue"),
    path(f"{CLAIM}products/", filing.ProductsStep.as_view(), name="products"),
    path(f"{CLAIM}location/", filing.LocationStep.as_view(), name="location"),
    path(f"{CLAIM}contacts/", filing.ContactsStep.as_view(), name="contacts"),
    path(f"{CLAIM}proof/", proof.proof, name="proof"),
    path(f"{CLAIM}proof/<guid:evidence_id>/", proof.download, name="proof_file"),
    path(f"{CLAIM}check/", submission.check_and_submit, name="check"),
    path(f"{CLAIM}items/", items.change, name="items"),
    path(f"{CLAIM}respond/", conversation.respond, name="respond"),
    path(f"{CLAIM}comments/", conversation.comment, name="comments"),
    path(f"{CLAIM}withdraw/", conversation.withdraw, name="withdraw"),
    path(f"{CLAIM}history/", following.history, name="history"),
]
