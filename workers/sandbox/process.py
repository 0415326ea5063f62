"""One untrusted model in a process of its own, walled in: started once, then asked case after case.

    with Sandbox(device="cpu", threads=2).start(kind, config, weights, limits) as model:
        labels = model.predict(images, present, affine)

What the process answers is judged here, by its header, its length and its values. Whatever breaks a rule, or
a limit, ends the process; the worker lives on and may start another.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from workers.contract import Limits, ModelConfig, ModelKind, Reason, to_json
from workers.sandbox.pipes import Answer, Gone, Pipes
from workers.sandbox.reasons import ModelError, printable
from workers.sandbox.stacking import stacked
from workers.sandbox.walls import Walls, filter_file, missing
from workers.sandbox.watch import Watch, cgroup_for
from workers.sandbox.wire import AFFINE_BYTES, MAX_SENTENCE_BYTES, Header, Kind, Order

if TYPE_CHECKING:  # which brings torch along, and this does not need it
    from workers.inference.preprocess import CaseImages

ENTRIES: Final = {
    ModelKind.NETWORK: "workers.sandbox.network_model:load",
    ModelKind.ONNX: "workers.sandbox.onnx_model:load",
}
_GRACE_S = 2.0
_DEATHS = {
    9: (Reason.MEMORY_LIMIT, "the kernel ended the model's process: it was out of memory"),
    11: (Reason.MODEL_FAILED, "the model's process crashed (segmentation fault)"),
    24: (Reason.TIME_LIMIT, "the model used up the processor time allowed"),
    25: (Reason.DISK_LIMIT, "the model wrote a file larger than allowed"),
}

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.uint8]


def never() -> bool:
    return False


@dataclass(frozen=True)
class Sandbox:
    """How models are run here.

    Args:
        device: "cpu" or "cuda:N".
        threads: of computation.
        entry: what the process loads the model with, `module:function`; None: ours for the model's kind.
        code: folders of code bound beside ours. Both last are for tests of the walls: no command line has
            them.
    """

    device: str = "cpu"
    threads: int = 2
    entry: str | None = None
    code: tuple[Path, ...] = field(default=())

    def start(
        self,
        kind: ModelKind,
        config: ModelConfig,
        weights: Path,
        limits: Limits,
        *,
        should_stop: Callable[[], bool] = never,
    ) -> SandboxedModel:
        """Start the process and have it load the model.

        Args:
            weights: one file, safetensors or ONNX; bound read-only.
            should_stop: asked many times a second; where it says so the process ends, with CANCELLED.

        Raises:
            ModelError: NO_SANDBOX where this machine cannot isolate a process; TIME_LIMIT, MEMORY_LIMIT,
                BAD_WEIGHTS, BAD_CONFIG and the rest as the process says.
        """
        if lacking := missing():
            raise ModelError(Reason.NO_SANDBOX, lacking)
        model = SandboxedModel(self, config, weights.resolve(strict=True), limits, should_stop)
        try:
            model.load(self.entry or ENTRIES[kind])
        except BaseException:
            model.close()
            raise
        return model


class SandboxedModel:
    """A loaded model behind its walls. To be closed; a context manager.

    Attributes:
        peak_mib: the most memory that it was seen to take.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        config: ModelConfig,
        weights: Path,
        limits: Limits,
        should_stop: Callable[[], bool],
    ) -> None:
        self._sandbox, self._config, self._limits, self._should_stop = sandbox, config, limits, should_stop
        self._closing = contextlib.ExitStack()
        walls = Walls(
            weights=weights,
            scratch_mib=limits.output_mib,
            device=sandbox.device,
            threads=sandbox.threads,
            code=sandbox.code,
        )
        self._process = _spawn(walls)
        self._closing.enter_context(cgroup_for(self._process.pid, limits))
        self._watch = Watch(self._process.pid, limits)
        self._pipes = Pipes(self._process, tick=self._check)
        self._deadline = 0.0

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def peak_mib(self) -> int:
        return self._watch.peak_mib

    @property
    def log(self) -> str:
        """The end of what the model printed, as one printable line per line."""
        return "\n".join(printable(line) for line in self._pipes.printed.splitlines())

    def load(self, entry: str) -> None:
        order = Order(
            entry=entry,
            config=self._config,
            limits=self._limits,
            device=self._sandbox.device,
            threads=self._sandbox.threads,
        )
        payload = json.dumps(to_json(order)).encode()
        self._allow(self._limits.seconds_to_load, doing="loading")
        answer = self._exchange(Header(Kind.LOAD, len(payload)), [payload], largest=MAX_SENTENCE_BYTES)
        if answer.header.kind is not Kind.READY or answer.header.length:
            self._refuse(Reason.WRONG_OUTPUT, "the model's process answered out of turn")

    def predict(self, images: Images, present: Sequence[bool], affine: npt.NDArray[np.float64]) -> Labels:
        """Predict one case.

        Args:
            images: (S, X, Y, Z), in the order of the config's sequences; zeros where one is absent.
            present: which are there, S of them.
            affine: 4×4, voxel index → RAS+ mm.

        Returns:
            (X, Y, Z) labels, each one of the config's.

        Raises:
            ModelError: with the reason. After some the process is gone: see `alive`.
        """
        sequences, *shape = images.shape
        voxels = int(np.prod(shape))
        header = Header(
            Kind.IMAGES,
            sequences + AFFINE_BYTES + images.size * 4,
            shape=(sequences, shape[0], shape[1], shape[2]),
        )
        content: list[bytes | memoryview] = [
            np.ascontiguousarray(affine, dtype="<f8").tobytes(),
            np.ascontiguousarray(images, dtype="<f4").reshape(-1).view(np.uint8).data,
            bytes(bool(one) for one in present),
        ]
        self._allow(self._limits.seconds_per_case, doing="predicting one case")
        answer = self._exchange(header, content, largest=max(voxels, MAX_SENTENCE_BYTES))
        if answer.header.kind is not Kind.LABELS:
            self._refuse(Reason.WRONG_OUTPUT, "the model's process answered out of turn")
        if answer.header.shape != (1, *shape) or answer.header.length != voxels:
            got = "×".join(str(size) for size in answer.header.shape[1:])
            self._refuse(
                Reason.WRONG_SHAPE,
                f"the model's labels have {got} voxels in {answer.header.length} bytes; "
                f"{'×'.join(str(size) for size in shape)} are needed, one byte each",
            )
        return self._judged(np.frombuffer(answer.payload, dtype=np.uint8).reshape(shape))

    def predict_case(self, case: CaseImages) -> Labels:
        """As `predict`, from images by sequence."""
        one = stacked(case, self._config.sequences)
        return self.predict(one.images, one.present, one.affine)

    def close(self) -> None:
        """End the process and all below it. May be called again."""
        self._kill()
        self._closing.close()

    def __enter__(self) -> SandboxedModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _allow(self, seconds: float, *, doing: str) -> None:
        self._deadline = time.monotonic() + seconds
        self._late = f"{doing} took longer than the {seconds:g} s allowed"

    def _check(self) -> None:
        if self._should_stop():
            raise ModelError(Reason.CANCELLED, "cancelled")
        if time.monotonic() > self._deadline:
            raise ModelError(Reason.TIME_LIMIT, self._late)
        self._watch.check()

    def _exchange(self, header: Header, content: Sequence[bytes | memoryview], *, largest: int) -> Answer:
        try:
            answer = self._pipes.exchange([header.pack(), *content], largest=largest)
        except Gone:
            raise self._epitaph() from None
        except BaseException:
            self._kill()
            raise
        if answer.header.kind is Kind.FAILURE:
            said = printable(bytes(answer.payload[:MAX_SENTENCE_BYTES]).decode(errors="replace"))
            raise ModelError(answer.header.reason, said or "the model failed without a word")
        return answer

    def _judged(self, labels: Labels) -> Labels:
        known = np.zeros(256, dtype=bool)
        known[[label for label in self._config.labels if 0 <= label < 256]] = True
        found = np.bincount(labels.reshape(-1), minlength=256) > 0
        if strange := np.flatnonzero(found & ~known).tolist():
            raise ModelError(
                Reason.WRONG_LABELS,
                f"the model gave labels {', '.join(map(str, strange[:5]))}; its config names "
                f"{', '.join(map(str, self._config.labels))}",
            )
        return labels

    def _refuse(self, reason: Reason, sentence: str) -> None:
        self._kill()
        raise ModelError(reason, sentence)

    def _epitaph(self) -> ModelError:
        """Why the process is gone, from how it ended."""
        try:
            code = self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:  # it closed its pipe and goes on
            self._kill()
            return ModelError(Reason.WRONG_OUTPUT, "the model's process closed its pipe without an answer")
        self._kill()
        signal = -code if code < 0 else code - 128
        reason, sentence = _DEATHS.get(signal, (Reason.MODEL_FAILED, f"the model's process ended ({code})"))
        said = self._pipes.printed.strip().splitlines()
        return ModelError(reason, printable(f"{sentence}{f': {said[-1]}' if said else ''}"))

    def _kill(self) -> None:
        # With bubblewrap dies the first process of its PID namespace, and with that everything in there.
        self._process.kill()
        self._process.wait()
        for pipe in _pipes_of(self._process):
            pipe.close()


def _spawn(walls: Walls) -> subprocess.Popen[bytes]:
    with filter_file(cuda=walls.cuda) as program:
        return subprocess.Popen(
            walls.command(["-m", "workers.sandbox.child"], seccomp=program.fileno()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[program.fileno()],
            bufsize=0,
            env={},
            start_new_session=True,
        )


def _pipes_of(process: subprocess.Popen[bytes]) -> list[IO[bytes]]:
    return [pipe for pipe in (process.stdin, process.stdout, process.stderr) if pipe is not None]
