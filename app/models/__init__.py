"""The tables, those of one subject in a file, with one metadata for all."""

from app.models.access import (
    AuditEntryTable,
    IdempotencyKeyTable,
    IncarnationTable,
    ProvenanceTable,
    RevisionTable,
    TokenTable,
)
from app.models.answered_until import AnsweredUntilTable
from app.models.assignment import AssignmentTable, RulingTable
from app.models.base import Base
from app.models.bulletin import BulletinTable
from app.models.campaign import CampaignTable
from app.models.importing import ImportColumnTable, ImportRowTable, ImportTable, LastRowTable
from app.models.obstacle import ObstacleEventTable, ObstacleTable
from app.models.status_update import StatusUpdateTable
from app.models.tally import LastReportTable, TallyTable
from app.models.task import CategoryTable, TaskTable
from app.models.transition import BalanceTable, ProjectionCheckpointTable, TransitionTable
from app.models.unit import FormerNameTable, UnitTable

__all__ = [
    "AnsweredUntilTable",
    "AssignmentTable",
    "AuditEntryTable",
    "BalanceTable",
    "Base",
    "BulletinTable",
    "CampaignTable",
    "CategoryTable",
    "FormerNameTable",
    "IdempotencyKeyTable",
    "ImportColumnTable",
    "ImportRowTable",
    "ImportTable",
    "IncarnationTable",
    "LastReportTable",
    "LastRowTable",
    "ObstacleEventTable",
    "ObstacleTable",
    "ProjectionCheckpointTable",
    "ProvenanceTable",
    "RevisionTable",
    "RulingTable",
    "StatusUpdateTable",
    "TallyTable",
    "TaskTable",
    "TokenTable",
    "TransitionTable",
    "UnitTable",
]
