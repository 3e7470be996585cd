"""The same tables."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Unit(models.Model):
    code = models.TextField(primary_key=True)
    level = models.TextField()
    owner = models.TextField()
    names = models.JSONField()

    class Meta:
        managed = False
        db_table = "unit"


class Category(models.Model):
    code = models.TextField(primary_key=True)
    campaign = models.TextField()
    position = models.BigIntegerField()
    names = models.JSONField()

    class Meta:
        managed = False
        db_table = "category"
        ordering = ["position"]


class Task(models.Model):
    code = models.TextField(primary_key=True)
    category = models.ForeignKey(Category, models.PROTECT, db_column="category")
    level = models.TextField()

    class Meta:
        managed = False
        db_table = "task"


class Assignment(models.Model):
    pk = models.CompositePrimaryKey("owner", "task_id", "unit_id")
    owner = models.TextField()
    task = models.ForeignKey(Task, models.PROTECT, db_column="task")
    unit = models.ForeignKey(Unit, models.PROTECT, db_column="unit")
    deadline = models.DateTimeField(null=True)
    not_applicable = models.BooleanField()
    status = models.TextField()
    effective_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    update_id = models.UUIDField(null=True)
    complete_since = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "assignment"


class StatusUpdate(models.Model):
    pk = models.CompositePrimaryKey("owner", "id")
    owner = models.TextField()
    id = models.UUIDField(default=uuid.uuid4)
    task = models.TextField()
    unit = models.TextField()
    status = models.TextField()
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    note = models.TextField(null=True)
    evidence = ArrayField(models.TextField(), default=list)
    token = models.TextField()

    class Meta:
        managed = False
        db_table = "status_update"


class Token(models.Model):
    id = models.TextField(primary_key=True)
    secret_hash = models.BinaryField()
    role = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, db_column="unit", null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    is_authenticated = True

    class Meta:
        managed = False
        db_table = "token"


class IdempotencyKey(models.Model):
    pk = models.CompositePrimaryKey("owner", "token", "key")
    owner = models.TextField()
    token = models.TextField()
    key = models.TextField()
    fingerprint = models.BinaryField()
    status = models.BigIntegerField()
    headers = models.JSONField()
    body = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "idempotency_key"
