"""Two routes."""

from django.urls import path

from benchmarks.peers.drf.views import Progress, StatusUpdates

urlpatterns = [path("v1/progress", Progress.as_view()), path("v1/status-updates", StatusUpdates.as_view())]
