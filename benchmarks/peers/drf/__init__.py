"""Django REST Framework: models, serializers, views."""
