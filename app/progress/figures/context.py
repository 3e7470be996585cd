"""What figures are about: which campaign, at which moment, in which language. Pure."""

from dataclasses import dataclass
from functools import cached_property

from app.catalogue.catalogue import Campaign, Catalogue, Category, Names, Unit, named
from app.clock import text
from app.language import Language
from app.progress.figures.moment import Moment


@dataclass(frozen=True)
class FigureContext:
    """The campaign, moment and language of an answer, with the catalogue to name things."""

    catalogue: Catalogue
    campaign: Campaign
    moment: Moment
    lang: Language

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """Those that were there at `known_at`: a line created later was in no answer of that moment."""
        return tuple(one for one in self.catalogue.categories_of(self.campaign.code) if self._was_there(one))

    @cached_property
    def category_codes(self) -> list[str]:
        return [category.code for category in self.categories]

    @cached_property
    def province_codes(self) -> list[str]:
        return [province.code for province in self.catalogue.provinces if self._was_there(province)]

    @cached_property
    def agencies(self) -> list[Unit]:
        return [agency for agency in self.catalogue.agencies if self._was_there(agency)]

    def _was_there(self, one: Category | Unit) -> bool:
        return self.moment.known_at is None or one.created_at <= self.moment.known_at

    def name(self, names: Names) -> str:
        return named(names, self.lang)

    def unit_name(self, code: str) -> str:
        return self.catalogue.unit_name(code, self.lang)

    def head(self) -> dict[str, object]:
        """The fields that every answer begins with: the campaign and both clocks."""
        known_at = self.moment.known_at
        return {
            "campaign": self.campaign.code,
            "as_of": text(self.moment.as_of),
            "known_at": text(known_at) if known_at else None,
        }
