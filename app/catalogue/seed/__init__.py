"""What a new campaign starts with: its units, its categories and the work in them."""

from app.catalogue.seed.agencies import agencies
from app.catalogue.seed.communes import communes
from app.catalogue.seed.former import ALIASES, FORMER_PROVINCES
from app.catalogue.seed.provinces import provinces
from app.catalogue.seed.shapes import (
    Kind,
    Level,
    Names,
    SeedCampaign,
    SeedCategory,
    SeedTask,
    SeedUnit,
)
from app.catalogue.seed.work import campaign, categories, tasks

__all__ = [
    "ALIASES",
    "FORMER_PROVINCES",
    "Kind",
    "Level",
    "Names",
    "SeedCampaign",
    "SeedCategory",
    "SeedTask",
    "SeedUnit",
    "agencies",
    "campaign",
    "categories",
    "communes",
    "provinces",
    "tasks",
]
