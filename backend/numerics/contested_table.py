"""The contested voxels of a case alone, with every source's labels: from it regions are taken over."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ContestedTable:
    """The voxels of all regions, with what every source has there.

    Args:
        sources: K keys.
        voxels: (N,), in native order, X fastest; ascending.
        numbers: (N,), of the region.
        labels: (K, N), uint8.
    """

    sources: tuple[str, ...]
    voxels: Integers
    numbers: npt.NDArray[np.uint16]
    labels: npt.NDArray[np.uint8]

    def of_region(self, number: int, source: str) -> tuple[Integers, npt.NDArray[np.uint8]]:
        """The region's voxels, and the source's label of each."""
        inside = self.numbers == number
        return self.voxels[inside], self.labels[self.sources.index(source), inside]

    def regions_at(self, voxels: Integers) -> list[int]:
        """The regions to which any of these voxels belongs."""
        if not len(self.voxels):
            return []
        places = np.searchsorted(self.voxels, voxels).clip(max=len(self.voxels) - 1)
        found = self.numbers[places[self.voxels[places] == voxels]]
        return [int(number) for number in np.unique(found)]

    def to_bytes(self) -> bytes:
        file = BytesIO()
        np.savez_compressed(
            file, sources=np.array(self.sources), voxels=self.voxels, numbers=self.numbers, labels=self.labels
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> ContestedTable:
        with np.load(BytesIO(data), allow_pickle=False) as stored:
            return cls(
                tuple(str(source) for source in stored["sources"]),
                stored["voxels"],
                stored["numbers"],
                stored["labels"],
            )
