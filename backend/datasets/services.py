"""Writes of label schemes and datasets. Imports of archives are in `import_services`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.accounts.models import User
from backend.challenges.models import Challenge
from backend.challenges.permissions import Permission, require
from backend.common.errors import Invalid
from backend.datasets import errors, layouts, selectors
from backend.datasets.models import Dataset, LabelScheme
from backend.events.bus import publish
from backend.events.types import FusionChanged
from backend.numerics import fusion, labels

DEFAULT_SEQUENCES = (
    {"key": "flair", "name": "FLAIR"},
    {"key": "t1", "name": "T1"},
    {"key": "t1c", "name": "T1c"},
    {"key": "t2", "name": "T2"},
)
SEQUENCE_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}")
MOST_SEQUENCES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChanges:
    """What to change of a dataset; None leaves as it is."""

    name: str | None = None
    description: str | None = None
    licence: str | None = None
    raters_required: int | None = None
    fusion_method: str | None = None
    fusion_parameters: Mapping[str, Any] | None = None


def create_label_scheme(
    *,
    slug: str,
    name: str,
    labels_json: Sequence[Mapping[str, Any]],
    regions_json: Sequence[Mapping[str, Any]],
    excluded: Sequence[int] = (),
) -> LabelScheme:
    """A scheme of one's own, open to everyone. Schemes never change: labelmaps depend on them.

    Args:
        labels_json: [{value, name, color, tissues?}].
        regions_json: [{key, name, labels}], in the order in which they are shown and ranked.

    Raises:
        BadScheme: values or keys occur twice, or a region names a label that is not defined.
        NameTaken: there is a scheme with this slug.
    """
    document = {
        "slug": slug,
        "name": name,
        "labels": labels_json,
        "regions": regions_json,
        "excluded": excluded,
    }
    try:
        scheme = labels.LabelScheme.from_json(document)
    except ValueError as error:
        raise errors.BadScheme(f"{error}.") from error
    if not scheme.labels or not scheme.regions:
        raise errors.BadScheme(f"Scheme {slug!r}: give it at least one label and one region.")
    clean = scheme.to_json()
    try:
        with transaction.atomic():
            return LabelScheme.objects.create(**clean)
    except IntegrityError as error:
        raise errors.NameTaken(f"There is a label scheme {slug!r} already; choose another slug.") from error


def scheme_of(row: LabelScheme) -> labels.LabelScheme:
    """The row as the numerics know it."""
    return labels.LabelScheme.from_json(
        {
            "slug": row.slug,
            "name": row.name,
            "labels": row.labels,
            "regions": row.regions,
            "excluded": row.excluded,
        }
    )


def create_dataset(
    *,
    challenge: Challenge,
    user: User,
    name: str,
    scheme_slug: str,
    description: str = "",
    licence: str = "",
    is_synthetic: bool = False,
    sequences: Sequence[Mapping[str, str]] = DEFAULT_SEQUENCES,
    raters_required: int = 3,
    fusion_method: str = "majority",
    fusion_parameters: Mapping[str, Any] | None = None,
) -> Dataset:
    """An empty dataset of a challenge.

    Args:
        sequences: [{key, name}], in the order of the viewer's panes.

    Raises:
        Invalid: no such scheme, or sequences that are none.
        UnknownMethod, BadParameters, NameTaken.
    """
    require(user, Permission.DATASET_EDIT, challenge)
    scheme = LabelScheme.objects.filter(slug=scheme_slug).first()
    if scheme is None:
        raise Invalid(f"There is no label scheme {scheme_slug!r}; define it first.", code="unknown_scheme")
    check_sequences(sequences)
    parameters = check_fusion(fusion_method, fusion_parameters or {}, scheme)
    try:
        with transaction.atomic():
            return Dataset.objects.create(
                challenge=challenge,
                name=name,
                description=description,
                licence=licence,
                is_synthetic=is_synthetic,
                scheme=scheme,
                sequences=[{"key": item["key"], "name": item["name"]} for item in sequences],
                raters_required=raters_required,
                fusion_method=fusion_method,
                fusion_parameters=parameters,
            )
    except IntegrityError as error:
        raise _name_taken(challenge, name) from error


def update_dataset(*, dataset_id: UUID, user: User, changes: DatasetChanges) -> Dataset:
    """Change a dataset. Another fusion method, parameter or number of raters fuses its cases anew.

    Parameters that are given replace all that were set; another method alone keeps those that it takes.

    Raises:
        UnknownMethod, BadParameters, NameTaken.
    """
    dataset = selectors.get_dataset(user, dataset_id, Permission.DATASET_EDIT)
    try:
        with transaction.atomic():
            dataset = (
                Dataset.objects.select_for_update(of=("self",)).select_related("scheme").get(pk=dataset.pk)
            )
            before = _fusion_of(dataset)
            for field in changes.__dataclass_fields__:
                if (value := getattr(changes, field)) is not None:
                    setattr(dataset, field, value)
            if changes.fusion_method is not None or changes.fusion_parameters is not None:
                wanted = changes.fusion_parameters
                if wanted is None:
                    wanted = parameters_taken(dataset.fusion_method, dataset.fusion_parameters)
                dataset.fusion_parameters = check_fusion(dataset.fusion_method, wanted, dataset.scheme)
            dataset.save()
            if _fusion_of(dataset) != before:
                publish(FusionChanged(dataset_id=dataset.pk))
    except IntegrityError as error:
        raise _name_taken(dataset.challenge, changes.name or dataset.name) from error
    return selectors.get_dataset(user, dataset_id)


def _fusion_of(dataset: Dataset) -> tuple[str, Mapping[str, Any], int]:
    """All that decides how the dataset's cases are fused, and when."""
    return dataset.fusion_method, dataset.fusion_parameters, dataset.raters_required


def check_sequences(sequences: Sequence[Mapping[str, str]]) -> None:
    """Raises Invalid."""
    keys = [item["key"] for item in sequences]
    if not 1 <= len(keys) <= MOST_SEQUENCES or len(set(keys)) < len(keys):
        raise Invalid(f"Name one to {MOST_SEQUENCES} sequences, each once.", code="bad_sequences")
    for key in keys:
        usual = layouts.sequence_key(key)
        if usual not in (None, key):
            raise Invalid(
                f"Sequence key {key!r}: write {usual!r}, the key under which imports know it.",
                code="bad_sequences",
            )
        if not SEQUENCE_KEY.fullmatch(key):
            raise Invalid(
                f"Sequence key {key!r}: use up to 20 lower-case letters, digits, - and _.",
                code="bad_sequences",
            )


def check_fusion(method: str, parameters: Mapping[str, Any], scheme: LabelScheme) -> dict[str, Any]:
    """Return the parameters that differ from the method's defaults: equal fusions are then equal rows.

    Raises:
        UnknownMethod: no such method, or it cannot handle the scheme.
        BadParameters: the method does not take them, or not these values.
    """
    if method not in fusion.METHODS:
        raise errors.UnknownMethod(
            f"There is no fusion method {method!r}; choose one of {', '.join(fusion.METHODS)}."
        )
    chosen = fusion.METHODS[method]
    try:
        chosen.complete(parameters)
    except fusion.FusionError as error:
        raise errors.BadParameters(f"Fusion method {chosen.name}: {error}.") from error
    try:
        fusion.choose_method(method, scheme=scheme_of(scheme), parameters=parameters)
    except fusion.FusionError as error:
        raise errors.UnknownMethod(f"{scheme.name}: {error}.") from error
    return {
        parameter.name: parameters[parameter.name]
        for parameter in chosen.parameters
        if parameters.get(parameter.name, parameter.default) != parameter.default
    }


def parameters_taken(method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of these parameters that a method has; none where it is unknown."""
    known = fusion.METHODS[method].parameters if method in fusion.METHODS else ()
    return {parameter.name: parameters[parameter.name] for parameter in known if parameter.name in parameters}


def _name_taken(challenge: Challenge, name: str) -> errors.NameTaken:
    return errors.NameTaken(f"{challenge.title} has a dataset {name!r} already; choose another name.")
