"""A case whose three raters disagree in two places, and an adjudication of it with two experts."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backend.accounts.models import User
from backend.adjudication import edit_services, services
from backend.adjudication.edit_services import Take
from backend.adjudication.logs import log_of
from backend.adjudication.models import Adjudication, AdjudicationEdit
from backend.annotations import replay
from backend.annotations.edit_services import NewEdit
from backend.datasets.models import Case, Dataset
from backend.numerics.edits import Edit, changed_voxels, decode_edit, edit_at, edit_between, encode_edit
from tests.factories.annotations import annotate_case, make_raters
from tests.factories.datasets import import_cases, make_dataset, organizer_of
from tests.jobs import run_due_jobs
from tests.phantoms import SHAPE, tumour

VOXELS = int(np.prod(SHAPE))
Box = tuple[slice, ...]
# Region 1: one rater sees enhancing tumour where the others see nothing; 27 voxels.
FIRST: Box = (slice(2, 5), slice(2, 5), slice(2, 5))
# Region 2: two raters see edema, one core; 16 voxels.
SECOND: Box = (slice(25, 29), slice(4, 6), slice(4, 6))


def labels_with(*painted: tuple[Box, int]) -> np.ndarray:
    labels = np.asfortranarray(tumour())
    for box, label in painted:
        labels[box] = label
    return labels


DRAWN = (labels_with((FIRST, 4), (SECOND, 2)), labels_with((SECOND, 2)), labels_with((SECOND, 1)))
FUSED = labels_with((SECOND, 2))


@dataclass
class Room:
    """An adjudication as people work in it.

    Args:
        drawn: what each rater drew, by their key.
        by: the raters by their key.
    """

    adjudication: Adjudication
    organizer: User
    experts: tuple[User, User]
    by: Mapping[str, User]
    drawn: Mapping[str, np.ndarray]

    @property
    def case(self) -> Case:
        return self.adjudication.case

    def key_of(self, labels: np.ndarray) -> str:
        return next(key for key, drawn in self.drawn.items() if np.array_equal(drawn, labels))

    def labelmap(self, number: int | None = None) -> np.ndarray:
        """As somebody would see it who asks now."""
        now = Adjudication.objects.select_related("case", "base").get(pk=self.adjudication.pk)
        return replay.state_at(log_of(now), now.head if number is None else number).labelmap

    def send(self, user: User, *edits: NewEdit) -> edit_services.Appended:
        return edit_services.append_edits(adjudication_id=self.adjudication.pk, user=user, edits=edits)

    def paint(self, user: User, box: Box, label: int, *, seen: np.ndarray | None = None) -> AdjudicationEdit:
        """Paint upon what is there, or upon what the person saw last."""
        return self.send(user, stroke(self.labelmap() if seen is None else seen, box, label)).edits[0]

    def take(self, user: User, region: int, source: str) -> AdjudicationEdit:
        take = Take(edit_id=uuid.uuid4(), region=region, source=source)
        appended = edit_services.take_region(adjudication_id=self.adjudication.pk, user=user, take=take)
        return appended.edits[0]

    def undo(self, user: User, edit: AdjudicationEdit) -> AdjudicationEdit:
        """As a client does: voxels that still hold what the edit made of them get back what they held."""
        now, record = self.labelmap(), decode_edit(bytes(edit.runs), voxels=VOXELS)
        voxels = changed_voxels(record)
        still = now.reshape(-1, order="F")[voxels] == np.repeat(record.new, record.length)
        back = edit_at(now, voxels[still], np.repeat(record.old, record.length)[still])
        return self.send(user, new_edit(back, tool="undo", undoes=edit.edit_id)).edits[0]


def stroke(before: np.ndarray, box: Box, label: int, **fields: object) -> NewEdit:
    after = before.copy(order="F")
    after[box] = label
    return new_edit(edit_between(before, after), label=label, **fields)


def new_edit(edit: Edit, **fields: object) -> NewEdit:
    return NewEdit(**({"edit_id": uuid.uuid4(), "tool": "brush", "runs": encode_edit(edit)} | fields))


def disputed_case(dataset: Dataset | None = None, *, name: str = "A") -> tuple[Case, list[User]]:
    """Fused from three raters; and these."""
    dataset = dataset or make_dataset()
    case = import_cases(dataset, name).cases.get(name=name)
    raters = make_raters(dataset, 3)
    annotate_case(case, dict(zip(raters, DRAWN, strict=True)))
    run_due_jobs()
    return case, raters


def open_room(case: Case | None = None, raters: list[User] | None = None) -> Room:
    """With two raters as experts who have drawn nothing of the case."""
    if case is None or raters is None:
        case, raters = disputed_case()
    experts = make_raters(case.dataset, 2)
    adjudication = services.open_adjudication(
        case_id=case.pk,
        user=organizer_of(case.dataset),
        experts=[expert.username for expert in experts],
    )
    drawn = {rater.pk: labels for rater, labels in zip(raters, DRAWN, strict=True)}
    return Room(
        adjudication=adjudication,
        organizer=organizer_of(case.dataset),
        experts=(experts[0], experts[1]),
        by={item["key"]: next(r for r in raters if r.pk == item["user"]) for item in adjudication.raters},
        drawn={item["key"]: drawn[item["user"]] for item in adjudication.raters},
    )
