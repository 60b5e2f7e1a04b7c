from django.urls import include, path

from cpor.urls import urlpatterns as product

urlpatterns = [path("floor/", include("benchmarks.floor.urls")), *product]
