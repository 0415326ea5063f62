"""Fusing what raters have submitted into consensus versions, and adopting references that were imported.

A case is fused as soon as as many raters have submitted as its dataset asks for, and again with every
further one. Versions are numbered and never change; the head is the highest. Fusing what the head was fused
from makes no new version; going back to an earlier method makes one, as the head would else be stale. Where
an annotation is reopened, the head stays until there is enough to fuse anew. What experts have signed is not
replaced by a fusion: a case whose head was adjudicated is fused again only once that is withdrawn.
"""

import hashlib
import json
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Max

from backend.accounts.models import User
from backend.annotations.selectors import submitted_of
from backend.challenges.permissions import Permission
from backend.common import blobs
from backend.consensus import errors, fusing, selectors
from backend.consensus.fusing import Fused, Input, Recipe
from backend.consensus.models import ConsensusVersion, FusionRefusal, LeaveOneOut
from backend.datasets.models import Case, CaseFile, DatasetVersion
from backend.datasets.selectors import grid_of, images_of
from backend.datasets.services import scheme_of
from backend.events.bus import publish
from backend.events.types import CaseFusionRequested, ConsensusCreated, ConsensusRefused
from backend.numerics.errors import FusionError, GridMismatch
from backend.numerics.fusion import METHODS, FusionMethod
from backend.numerics.volumes import read_labelmap, voxel_digest

log = structlog.get_logger(__name__)


def fusion_methods() -> list[FusionMethod]:
    """What an organizer may choose from."""
    return list(METHODS.values())


def request_fusion(*, case_id: UUID, user: User) -> Case:
    """Have a case fused now, as after a failure.

    Raises:
        NotEnoughRaters: there is nothing to fuse yet.
        HeadSigned: its consensus was adjudicated.
    """
    case = selectors.get_case(user, case_id, Permission.CONSENSUS_MANAGE)
    submitted, required = len(submitted_of(case.pk)), case.dataset.raters_required
    if submitted < required:
        raise errors.NotEnoughRaters(
            f"Case {case.name}: {submitted} of the {required} raters that it needs have submitted; "
            "wait for the others, or lower the number in the dataset's settings."
        )
    head = selectors.head_of(case)
    if head is not None and selectors.is_signed(head):
        raise errors.HeadSigned(
            f"Case {case.name}: version {head.number} was adjudicated and signed, and a fusion does not "
            "replace it; withdraw that adjudication first."
        )
    with transaction.atomic():
        publish(CaseFusionRequested(case_id=case.pk, dataset_id=case.dataset_id))
    return case


def fuse_case(*, case_id: UUID) -> ConsensusVersion | None:
    """Fuse what is submitted of a case, if it suffices; returns the head, or None where there is none."""
    case = selectors.load_case(case_id)
    recipe = recipe_of(case)
    head = selectors.head_of(case)
    if len(recipe.inputs) < case.dataset.raters_required:
        FusionRefusal.objects.filter(case=case).delete()
        return head
    if head is not None and (head.inputs_digest == recipe.digest or selectors.is_signed(head)):
        FusionRefusal.objects.filter(case=case).delete()
        return head
    image = next(iter(images_of(case)), None)
    try:
        fused = fusing.fuse_inputs(
            recipe,
            scheme=scheme_of(case.dataset.scheme),
            grid=grid_of(case),
            image_digest=image.served_digest if image else None,
        )
    except (FusionError, GridMismatch) as error:
        _refuse(case, code="cannot_fuse", reason=f"Case {case.name}: {error}.")
        return head
    return _save_fusion(case, recipe, fused)


def give_up_fusion(*, case_id: UUID, reason_code: str, reason: str) -> None:
    """The workers could not fuse this case."""
    case = selectors.load_case(case_id)
    sentence = f"Case {case.name}: it could not be fused ({reason}); ask for the fusion again."
    _refuse(case, code=reason_code, reason=sentence)


def fuse_dataset(*, dataset_id: UUID) -> None:
    """Ask for the fusion of every case that was annotated, of older versions too: phases may use them."""
    for case_id in selectors.annotated_cases(dataset_id):
        with transaction.atomic():
            publish(CaseFusionRequested(case_id=case_id, dataset_id=dataset_id))


def recipe_of(case: Case) -> Recipe:
    """What a fusion of this case would be made from now."""
    return Recipe(
        method=case.dataset.fusion_method,
        parameters=case.dataset.fusion_parameters,
        inputs=tuple(
            Input(
                annotation=str(revision.annotation_id),
                revision=revision.number,
                rater=revision.annotation.assignment.rater_id,
                voxel_digest=revision.voxel_digest,
                snapshot=revision.snapshot_digest,
                pre_annotation=revision.annotation.began_from,
            )
            for revision in submitted_of(case.pk)
        ),
    )


def adopt_references(*, version_id: UUID) -> None:
    """Make the imported references of a dataset version its cases' consensus, where they have none yet."""
    version = DatasetVersion.objects.get(pk=version_id)
    files = CaseFile.objects.filter(case__versions=version, kind=CaseFile.Kind.REFERENCE)
    for file in files.filter(case__consensus_versions=None).order_by("case__name"):
        _adopt(file, selectors.load_case(file.case_id))


def _adopt(file: CaseFile, case: Case) -> None:
    grid, scheme = grid_of(case), scheme_of(case.dataset.scheme)
    labelmap = read_labelmap(blobs.read_blob(file.served_digest), name=f"{case.name}.nii.gz").array
    inputs = [{"file": str(file.pk), "digest": file.original_digest}]
    digest = hashlib.sha256(json.dumps([ConsensusVersion.IMPORTED, file.original_digest]).encode())
    with transaction.atomic():
        number = next_number(case)
        if number > 1:  # raters were faster
            return
        consensus = ConsensusVersion.objects.create(
            case=case,
            number=number,
            method=ConsensusVersion.IMPORTED,
            inputs=inputs,
            inputs_digest=digest.hexdigest(),
            code_version=fusing.CODE_VERSION,
            labelmap_digest=file.served_digest,
            voxel_digest=voxel_digest(labelmap, grid),
            thumbnail_digest=file.thumbnail_digest,
            agreement=fusing.no_agreement(labelmap, scheme, grid),
        )
        publish_created(consensus)


def _save_fusion(case: Case, recipe: Recipe, fused: Fused) -> ConsensusVersion | None:
    with transaction.atomic():
        number = next_number(case)
        current = selectors.load_case(case.pk)
        head = selectors.head_of(current)
        if head is not None and (head.inputs_digest == recipe.digest or selectors.is_signed(head)):
            return head  # another worker was faster, or an expert
        if recipe_of(current).digest != recipe.digest:
            log.info("fusion_outdated", case=case.name)  # what changed it has asked for a fusion of its own
            return head
        consensus = ConsensusVersion.objects.create(
            case=case,
            number=number,
            method=recipe.method,
            parameters=dict(fused.parameters),
            inputs=[item.to_json() for item in recipe.inputs],
            inputs_digest=recipe.digest,
            code_version=fusing.CODE_VERSION,
            labelmap_digest=fused.labelmap_digest,
            voxel_digest=fused.voxel_digest,
            agreement_map_digest=fused.agreement_map_digest,
            thumbnail_digest=fused.thumbnail_digest,
            agreement=fused.agreement,
        )
        LeaveOneOut.objects.bulk_create(
            LeaveOneOut(
                consensus=consensus,
                rater_id=item.rater,
                annotation_id=UUID(item.annotation),
                revision=item.revision,
                labelmap_digest=item.labelmap_digest,
                dice=item.dice,
            )
            for item in fused.left_out
        )
        FusionRefusal.objects.filter(case=case).delete()
        publish_created(consensus)
    return consensus


def next_number(case: Case) -> int:
    """The number of the case's next version; holds the case until the transaction ends."""
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    return (case.consensus_versions.aggregate(last=Max("number"))["last"] or 0) + 1


def publish_created(consensus: ConsensusVersion) -> None:
    publish(
        ConsensusCreated(
            consensus_id=consensus.pk,
            case_id=consensus.case_id,
            dataset_id=consensus.case.dataset_id,
        )
    )


def _refuse(case: Case, *, code: str, reason: str) -> None:
    with transaction.atomic():
        FusionRefusal.objects.update_or_create(case=case, defaults={"reason_code": code, "reason": reason})
        publish(ConsensusRefused(case_id=case.pk, dataset_id=case.dataset_id))
