"""The tables, one noun per file, with one metadata for all."""

from app.models.access import AuditEntry, IdempotencyKey, Incarnation, Provenance, Revision, Token
from app.models.assignment import Assignment, Ruling
from app.models.base import Base
from app.models.bulletin import Bulletin
from app.models.campaign import Campaign
from app.models.importing import Import, ImportColumn, ImportRow, LastRow
from app.models.obstacle import Obstacle, ObstacleEvent
from app.models.status_update import StatusUpdate
from app.models.tally import LastReport, Tally
from app.models.task import Category, Task
from app.models.transition import Balance, ProjectionCheckpoint, Transition
from app.models.unit import FormerName, Unit

__all__ = [
    "Assignment",
    "AuditEntry",
    "Balance",
    "Base",
    "Bulletin",
    "Campaign",
    "Category",
    "FormerName",
    "IdempotencyKey",
    "Import",
    "ImportColumn",
    "ImportRow",
    "Incarnation",
    "LastReport",
    "LastRow",
    "Obstacle",
    "ObstacleEvent",
    "ProjectionCheckpoint",
    "Provenance",
    "Revision",
    "Ruling",
    "StatusUpdate",
    "Tally",
    "Task",
    "Token",
    "Transition",
    "Unit",
]
