"""References made ready for scoring, kept by each worker process: a phase packs each once, not once per
submission."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from backend.common import blobs
from backend.numerics.distances import Spacing
from backend.numerics.labels import LabelScheme
from backend.numerics.metrics import PackedReference, pack_reference
from backend.numerics.packed_reading import read_packed
from backend.numerics.packing import PackedLabelmap


@dataclass(frozen=True, slots=True)
class Key:
    """What a packed reference depends on; blobs never change."""

    digest: str
    scheme: LabelScheme
    spacing_mm: Spacing


class ReferenceCache:
    """The references used last, up to a bound in bytes; the one just asked for stays in any case."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._kept: OrderedDict[Key, PackedReference] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, pack: Callable[[], PackedReference]) -> PackedReference:
        with self._lock:
            found = self._kept.get(key)
        packed = found or pack()  # packing is long, and holds no lock
        with self._lock:
            self._kept[key] = packed
            self._kept.move_to_end(key)
            self._drop()
        return packed

    @property
    def bytes(self) -> int:
        return sum(packed.bytes for packed in self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self) -> None:
        # Counted anew each time: lesions are dilated on first use, so that kept references grow.
        held = self.bytes
        while held > self._limit_bytes and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            held -= dropped.bytes


_cache = ReferenceCache(settings.REFERENCE_CACHE_BYTES)


def packed_reference(digest: str, *, scheme: LabelScheme, spacing_mm: Spacing, name: str) -> PackedReference:
    """The stored labelmap, packed; `name` is for the message if it cannot be read."""
    key = Key(digest, scheme, spacing_mm)
    return _cache.get(
        key, lambda: pack_reference(pack_stored(digest, scheme=scheme, name=name), scheme, spacing_mm)
    )


def pack_stored(digest: str, *, scheme: LabelScheme, name: str, drops_unsure: bool = False) -> PackedLabelmap:
    """A labelmap that the platform stored: .nii.gz, whatever the file was called that it came from."""
    data = blobs.read_blob(digest)
    return read_packed(
        data, scheme=scheme, name=name, check_extension=False, drops_unsure=drops_unsure
    ).labels
