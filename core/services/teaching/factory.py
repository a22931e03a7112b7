"""Build what learns from members. Importing this module loads NumPy and Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from core.services.guilds import GuildService
from core.services.labelling.card_drawer import CardDrawer
from core.services.labelling.collector import Collector
from core.services.teaching.service import TeachService
from core.vision.recognition.mean_embedding import make_recogniser

if TYPE_CHECKING:
    from core.services.labelling.service import LabellingService
    from core.services.people.service import PeopleService
    from core.services.recognition.service import ClassifyService
    from core.storage.blobs import Blobs
    from core.storage.database import Database


class Teaching(NamedTuple):
    """What a worker needs to learn from members."""

    teacher: TeachService
    collector: Collector
    card_drawer: CardDrawer


def load_teaching(
    database: Database, blobs: Blobs, people: PeopleService, labelling: LabellingService, classifier: ClassifyService
) -> Teaching:
    """Build the parts, which read photos with the classifier's networks."""
    reader: Any = classifier.reader
    return Teaching(
        TeachService(reader, people.gallery, blobs),
        Collector(database, people, GuildService(database), labelling, make_recogniser),
        CardDrawer(database, blobs, reader),
    )
