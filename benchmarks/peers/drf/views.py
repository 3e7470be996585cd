"""Counting in SQL by the ORM, answering through serializers, writing in one transaction."""

import hashlib
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework import exceptions, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.peers import figures
from benchmarks.peers.drf.models import Assignment, Category, IdempotencyKey, StatusUpdate, Task, Unit

CAMPAIGN = "two-tier-2025"
DONE = Q(status__in=figures.COMPLETE)


class Lights(serializers.Serializer):
    green = serializers.IntegerField()
    yellow = serializers.IntegerField()
    red = serializers.IntegerField()


class Line(serializers.Serializer):
    code = serializers.CharField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    names = serializers.DictField(child=serializers.CharField())
    provinces_total = serializers.IntegerField()
    provinces_completed = serializers.IntegerField()
    provinces_verified = serializers.IntegerField()
    provinces_in_progress = serializers.IntegerField()
    provinces_blocked = serializers.IntegerField()
    provinces_not_started = serializers.IntegerField()
    assignments_total = serializers.IntegerField()
    assignments_completed = serializers.IntegerField()
    assignments_verified = serializers.IntegerField()
    completed_on_time = serializers.IntegerField()
    completed_late = serializers.IntegerField()
    overdue_open = serializers.IntegerField()
    completion = serializers.FloatField(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField())
    statement = serializers.CharField()


class Report(serializers.Serializer):
    campaign = serializers.CharField()
    as_of = serializers.DateTimeField()
    known_at = serializers.DateTimeField(allow_null=True)
    provinces_total = serializers.IntegerField()
    provinces_completed = serializers.IntegerField()
    lights = Lights()
    categories = Line(many=True)


class Progress(APIView):
    def get(self, request):
        now = timezone.now()
        soon = now + timedelta(hours=48)
        cells = (
            Assignment.objects.filter(task__category__campaign=CAMPAIGN, not_applicable=False)
            .values("task__category_id", "owner")
            .annotate(
                total=Count("unit"),
                complete=Count("unit", filter=DONE),
                verified=Count("unit", filter=Q(status="verified")),
                blocked=Count("unit", filter=Q(status="blocked")),
                not_started=Count("unit", filter=Q(status="not_started")),
                late=Count("unit", filter=DONE & Q(complete_since__gt=F("deadline"))),
                overdue=Count("unit", filter=~DONE & Q(deadline__lt=now)),
                due_soon=Count("unit", filter=~DONE & Q(deadline__range=(now, soon))),
            )
        )
        counted = {(c.pop("task__category_id"), c.pop("owner")): c for c in cells}
        provinces = {unit.code: unit.names["vi"] for unit in Unit.objects.filter(level="province")}
        categories = Category.objects.filter(campaign=CAMPAIGN)
        return Response(Report(figures.report(CAMPAIGN, categories, provinces, counted, now)).data)


class UpdateIn(serializers.Serializer):
    task = serializers.CharField(max_length=64)
    unit = serializers.CharField(max_length=64)
    status = serializers.ChoiceField(["not_started", "in_progress", "blocked", "completed"])
    effective_at = serializers.DateTimeField(required=False)
    note = serializers.CharField(required=False, allow_null=True, max_length=4000)


class UpdateOut(serializers.ModelSerializer):
    class Meta:
        model = StatusUpdate
        fields = ["id", "task", "unit", "status", "effective_at", "recorded_at", "note", "evidence"]


class StatusUpdates(APIView):
    def post(self, request):
        sent = UpdateIn(data=request.data)
        sent.is_valid(raise_exception=True)
        said, token, key = sent.validated_data, request.user, request.headers.get("Idempotency-Key")
        unit = Unit.objects.filter(code=said["unit"]).first()
        task = Task.objects.filter(code=said["task"]).first()
        if not unit or not task or task.level != unit.level:
            raise exceptions.ValidationError("there is no such assignment")
        if token.unit is None or token.unit.owner != unit.owner or token.unit.code not in (unit.owner, unit.code):
            raise exceptions.PermissionDenied
        mark = hashlib.sha256(request.body if hasattr(request, "_body") else repr(said).encode()).digest()
        if key and (kept := self.kept(unit.owner, token, key, mark)):
            return kept
        try:
            with transaction.atomic():
                answer = self.store(said, unit, token)
                if key:
                    IdempotencyKey.objects.create(
                        owner=unit.owner, token=token.id, key=key, fingerprint=mark, status=201,
                        headers={"content-type": "application/json"}, body=answer, created_at=timezone.now(),
                    )
        except IntegrityError:
            return self.kept(unit.owner, token, key, mark)
        return HttpResponse(answer, status=201, content_type="application/json")

    def kept(self, owner, token, key, mark):
        kept = IdempotencyKey.objects.filter(owner=owner, token=token.id, key=key).first()
        if kept and bytes(kept.fingerprint) != mark:
            raise exceptions.ValidationError("the key was used for another request")
        return kept and HttpResponse(bytes(kept.body), status=kept.status, content_type="application/json")

    def store(self, said, unit, token):
        now = timezone.now()
        assignment = Assignment.objects.select_for_update().get(
            owner=unit.owner, task_id=said["task"], unit_id=said["unit"]
        )
        update = StatusUpdate.objects.create(
            owner=unit.owner, task=said["task"], unit=said["unit"], status=said["status"],
            effective_at=min(said.get("effective_at", now), now), recorded_at=now, note=said.get("note"),
            token=token.id,
        )
        if assignment.effective_at is None or assignment.effective_at <= update.effective_at:
            was_complete = assignment.status in figures.COMPLETE
            assignment.status, assignment.effective_at = update.status, update.effective_at
            assignment.recorded_at, assignment.update_id = now, update.id
            if update.status != "completed":
                assignment.complete_since = None
            elif not was_complete:
                assignment.complete_since = update.effective_at
            assignment.save(update_fields=["status", "effective_at", "recorded_at", "update_id", "complete_since"])
        return JSONRenderer().render(UpdateOut(update).data)
