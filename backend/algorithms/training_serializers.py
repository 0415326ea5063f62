"""Trainings on the wire; only organizers see them."""

from typing import cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.algorithms import selectors, trainings
from backend.algorithms.models import CurvePoint, Training, TrainingCase, WorkStatus
from backend.algorithms.run_serializers import WORK_FIELDS, AlgorithmNameSerializer, RunDatasetSerializer
from backend.algorithms.serializers import ModelConfigSerializer
from workers.contract import ARCHITECTURES


class TrainingSerializer(serializers.ModelSerializer[Training]):
    """`version` is the id of what it has made, null until then. `has_checkpoint`: it goes on from there where
    it is interrupted, or tried again."""

    status = serializers.ChoiceField(choices=WorkStatus.choices)
    algorithm = AlgorithmNameSerializer()
    dataset = RunDatasetSerializer(source="dataset_version")
    is_synthetic = serializers.BooleanField(source="dataset_version.dataset.is_synthetic")
    config = ModelConfigSerializer()
    recipe = serializers.DictField()
    summary = serializers.DictField()
    training_cases = serializers.SerializerMethodField()
    validation_cases = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()
    requested_by = PersonSerializer()
    has_checkpoint = serializers.SerializerMethodField()
    waiting_reason = serializers.SerializerMethodField()
    may_cancel = serializers.SerializerMethodField()
    may_retry = serializers.SerializerMethodField()

    class Meta:
        model = Training
        fields = [
            *WORK_FIELDS,
            "algorithm",
            "dataset",
            "is_synthetic",
            "config",
            "recipe",
            "split_seed",
            "validation_share",
            "seed",
            "budget_s",
            "data_digest",
            "training_cases",
            "validation_cases",
            "has_checkpoint",
            "summary",
            "version",
        ]
        read_only_fields = fields

    def get_training_cases(self, training: Training) -> int:
        return training.cases.filter(part=TrainingCase.Part.TRAINING).count()

    def get_validation_cases(self, training: Training) -> int:
        return training.cases.filter(part=TrainingCase.Part.VALIDATION).count()

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_version(self, training: Training) -> str | None:
        version = getattr(training, "version", None)
        return None if version is None else str(version.pk)

    def get_has_checkpoint(self, training: Training) -> bool:
        return bool(training.checkpoint_digest)

    def get_waiting_reason(self, training: Training) -> str:
        return selectors.waiting_reason(training, selectors.workers_here())

    def get_may_cancel(self, training: Training) -> bool:
        return trainings.may_cancel(training)

    def get_may_retry(self, training: Training) -> bool:
        return trainings.may_retry(training)


class CurvePointSerializer(serializers.ModelSerializer[CurvePoint]):
    """`loss` is the mean since the last point; `validation_dice` {region: Dice}, null where not measured."""

    validation_dice = serializers.DictField(child=serializers.FloatField(allow_null=True), allow_null=True)

    class Meta:
        model = CurvePoint
        fields = ["step", "seconds", "loss", "validation_dice"]
        read_only_fields = fields


class StartTrainingSerializer(serializers.Serializer):
    dataset_version = serializers.UUIDField(help_text="Its cases that have a reference are learned from")
    architecture = serializers.ChoiceField(choices=list(ARCHITECTURES))
    budget_s = serializers.IntegerField(min_value=10, max_value=14 * 86_400)
    sequences = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False, help_text="All of the dataset unless told"
    )
    settings = serializers.DictField(required=False, default=dict, help_text="Of the architecture")
    recipe = serializers.DictField(
        required=False, default=dict, help_text="Values that replace those of the system's own recipe"
    )
    options = serializers.DictField(
        required=False, default=dict, help_text="Fields of the config: normalisation, missing, flips…"
    )
    split_seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    validation_share = serializers.FloatField(required=False, default=0.2, min_value=0.01, max_value=0.9)
    seed = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    needs_gpu = serializers.BooleanField(required=False, default=False)

    def wanted(self) -> trainings.Wanted:
        fields = dict(self.validated_data)
        fields.pop("dataset_version")
        sequences = fields.pop("sequences", None)
        return trainings.Wanted(
            **cast(dict[str, object], fields),  # type: ignore[arg-type]  # as the fields above say
            sequences=None if sequences is None else tuple(sequences),
        )
