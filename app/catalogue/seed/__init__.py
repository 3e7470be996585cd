"""The seed: units, categories and tasks of a new campaign."""

from app.catalogue.seed.agencies import agencies
from app.catalogue.seed.communes import communes
from app.catalogue.seed.provinces import ALIASES, provinces
from app.catalogue.seed.shapes import (
    Kind,
    Names,
    SeedCampaign,
    SeedCategory,
    SeedTask,
    SeedUnit,
)
from app.catalogue.seed.unit_data import FormerProvince, former_provinces
from app.catalogue.seed.work import campaign, categories, tasks

__all__ = [
    "ALIASES",
    "FormerProvince",
    "Kind",
    "Names",
    "SeedCampaign",
    "SeedCategory",
    "SeedTask",
    "SeedUnit",
    "agencies",
    "campaign",
    "categories",
    "communes",
    "former_provinces",
    "provinces",
    "tasks",
]
