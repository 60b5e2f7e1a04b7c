"""DRF's own viewset over the row, without sign-in, rules, history or outbox."""

from rest_framework import pagination, routers, serializers, viewsets
from rest_framework.permissions import AllowAny

from benchmarks.floor.models import FloorClaim


class FloorSerializer(serializers.ModelSerializer[FloorClaim]):
    class Meta:
        model = FloorClaim
        fields = "__all__"


class FloorPages(pagination.PageNumberPagination):
    page_size = 25


class FloorViewSet(viewsets.ModelViewSet[FloorClaim]):
    queryset = FloorClaim.objects.select_related("tenant", "product", "subscription", "location").order_by(
        "-created_at", "-id"
    )
    serializer_class = FloorSerializer
    pagination_class = FloorPages
    authentication_classes = ()
    permission_classes = (AllowAny,)


router = routers.SimpleRouter()
router.register("claims", FloorViewSet)
urlpatterns = router.urls
