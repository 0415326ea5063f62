"""Algorithms and their versions on the wire."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backend.accounts.serializers import PersonSerializer
from backend.algorithms.models import Algorithm, AlgorithmVersion


class ModelConfigSerializer(serializers.Serializer):
    """`workers.contract.ModelConfig`: what a model is, beside its weights."""

    architecture = serializers.CharField(help_text="Of our zoo; empty for ONNX")
    sequences = serializers.ListField(child=serializers.CharField(), help_text="Input channels, in order")
    labels = serializers.ListField(child=serializers.IntegerField(), help_text="Output classes, in order")
    scheme = serializers.CharField(help_text="Slug of the label scheme that `labels` are of")
    settings = serializers.DictField()
    normalisation = serializers.CharField()
    normalisation_settings = serializers.DictField()
    spacing_mm = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    missing = serializers.CharField(help_text="What it does without a sequence: refuse, zero, mean…")
    flips = serializers.BooleanField()
    stages = serializers.ListField(child=serializers.DictField())
    format = serializers.IntegerField()


class CardSerializer(serializers.Serializer):
    """`training` holds figures by name, whatever the training gave."""

    intended_use = serializers.CharField(allow_blank=True)
    notes = serializers.CharField(allow_blank=True)
    trained_on = serializers.CharField(allow_blank=True)
    data_digest = serializers.CharField(allow_blank=True)
    code_version = serializers.CharField(allow_blank=True)
    training = serializers.DictField()


class SeenPhaseSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    cases = serializers.IntegerField()


# `context["manages"]`: whether an organizer asks; `context["seen"]`: of `overlap.phases_seen`
class AlgorithmVersionSerializer(serializers.ModelSerializer[AlgorithmVersion]):
    """`config` is null until the version was checked; `training` is the id of what made it, for those who may
    see trainings. `trained_on_phases`: phases of whose cases its training here saw some; what was uploaded
    says on its card what it learned from."""

    config = serializers.SerializerMethodField()
    card = CardSerializer()
    created_by = PersonSerializer()
    training = serializers.SerializerMethodField()
    trained_on_phases = serializers.SerializerMethodField()

    class Meta:
        model = AlgorithmVersion
        fields = [
            "id",
            "number",
            "kind",
            "status",
            "reason_code",
            "reason",
            "config",
            "weights_digest",
            "weights_bytes",
            "is_trusted",
            "card",
            "training",
            "trained_on_phases",
            "created_by",
            "created_at",
        ]
        read_only_fields = fields

    @extend_schema_field(ModelConfigSerializer(allow_null=True))
    def get_config(self, version: AlgorithmVersion) -> Any:
        unknown = {AlgorithmVersion.Status.CHECKING, AlgorithmVersion.Status.REFUSED}
        return None if version.status in unknown else ModelConfigSerializer(version.config).data

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_training(self, version: AlgorithmVersion) -> str | None:
        if version.training_id is None or not self.context["manages"]:
            return None
        return str(version.training_id)

    @extend_schema_field(SeenPhaseSerializer(many=True))
    def get_trained_on_phases(self, version: AlgorithmVersion) -> Any:
        return SeenPhaseSerializer(self.context["seen"].get(version.training_id, []), many=True).data


class AlgorithmSerializer(serializers.ModelSerializer[Algorithm]):
    """Versions newest first. `context["viewer"]` is who asks; the rest of the context is of the versions."""

    owner = PersonSerializer()
    versions = AlgorithmVersionSerializer(many=True)
    is_mine = serializers.SerializerMethodField()
    may_edit = serializers.SerializerMethodField()

    class Meta:
        model = Algorithm
        fields = [
            "id",
            "challenge",
            "slug",
            "name",
            "description",
            "licence",
            "kind",
            "owner",
            "created_at",
            "versions",
            "is_mine",
            "may_edit",
        ]
        read_only_fields = fields

    def get_is_mine(self, algorithm: Algorithm) -> bool:
        return bool(algorithm.owner_id == self.context["viewer"].pk)

    def get_may_edit(self, algorithm: Algorithm) -> bool:
        """Describe it, upload versions and try them."""
        ours = algorithm.kind == Algorithm.Kind.PLATFORM and self.context["manages"]
        return cast(bool, ours or self.get_is_mine(algorithm))


class CreateAlgorithmSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    description = serializers.CharField(required=False, allow_blank=True, default="", max_length=20_000)
    licence = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)


class UpdateAlgorithmSerializer(serializers.Serializer):
    name = serializers.CharField(max_length=80, required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    licence = serializers.CharField(required=False, allow_blank=True, max_length=200)


class UploadVersionSerializer(serializers.Serializer):
    upload = serializers.UUIDField(
        help_text="A whole upload of purpose `model`: a .zip of config.json and model.safetensors or "
        "model.onnx, or an .onnx"
    )
    config = serializers.DictField(required=False, help_text="Of an .onnx that was uploaded alone")
    intended_use = serializers.CharField(required=False, allow_blank=True, default="", max_length=2_000)
    trained_on = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=2_000, help_text="What it learned from"
    )
    notes = serializers.CharField(required=False, allow_blank=True, default="", max_length=2_000)


class ArchitectureSerializer(serializers.Serializer):
    slug = serializers.CharField()


class DeviceSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["cpu", "cuda"])
    name = serializers.CharField()
    memory_mib = serializers.IntegerField()


class ModelWorkerSerializer(serializers.Serializer):
    """`is_here`: it asked for work, or reported, within the last minute."""

    name = serializers.CharField()
    devices = DeviceSerializer(many=True)
    queues = serializers.ListField(child=serializers.CharField())
    sandbox = serializers.BooleanField(help_text="Whether it can isolate participants' models")
    last_seen = serializers.DateTimeField()
    is_here = serializers.BooleanField()
