"""The command line: serve, predict, inspect, devices."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from pathlib import Path
from typing import Annotated

import typer

from backend.numerics.errors import VolumeError
from backend.numerics.volumes import read_volume, write_labelmap_nifti
from workers.client import Client, NotAllowed
from workers.contract import ContractError, Limits, ModelConfig, ModelKind, Queue, to_json
from workers.devices import local_devices
from workers.inference import missing as missing_sequences
from workers.inference.package import CONFIG_FILE, WEIGHTS_FILE, BadWeights, check, load_folder, read_config
from workers.inference.predictor import Predictor
from workers.inference.preprocess import BadImage, CaseImages
from workers.sandbox.process import Sandbox
from workers.sandbox.reasons import ModelError
from workers.sandbox.walls import missing as sandbox_lacks
from workers.training.folders import TRAINING_MISTAKES, FolderTraining, train_folder
from workers.worker import Worker
from workers.zoo import build
from workers.zoo.network import count_parameters

ONNX_FILE = "model.onnx"
_MISTAKES = (
    ContractError,
    BadWeights,
    BadImage,
    ModelError,
    VolumeError,
    missing_sequences.MissingSequence,
    OSError,
)

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Model workers of Consilium.")


@app.command()
def serve(
    address: Annotated[str, typer.Option(help="Of the platform, such as https://consilium.example.")],
    token_file: Annotated[Path, typer.Option(help="Holds one of the platform's WORKER_TOKENS.", exists=True)],
    name: Annotated[str, typer.Option(help="How people see this worker.")] = "",
    queues: Annotated[
        str, typer.Option(help="Of which jobs are taken, comma separated; all that fit here.")
    ] = "",
    cpu_threads: Annotated[int, typer.Option(min=1, help="Of computation on the processor.")] = os.cpu_count()
    or 1,
) -> None:
    """Ask the platform for work until told to stop (SIGTERM, Ctrl-C): the job at hand is then given back."""
    devices, lacking = local_devices(), sandbox_lacks()
    for device in devices:
        typer.echo(f"{device.name}: {device.stated.name}, {device.stated.memory_mib} MiB")
    typer.echo(f"untrusted models are not run: {lacking}" if lacking else "untrusted models run isolated")
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())
    client = Client(address=address, token=token_file.read_text().strip())
    client.give_up = leaving.is_set
    worker = Worker(
        client,
        name=name or f"{socket.gethostname()}-{os.getpid()}",
        devices=devices,
        queues=_queues(queues, any(device.lock for device in devices)),
        sandbox=not lacking,
        threads=cpu_threads,
        leaving=leaving,
    )
    try:
        worker.serve()
    except NotAllowed as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(2) from None
    finally:
        client.close()


@app.command()
def predict(
    model: Annotated[
        Path, typer.Option(help=f"Folder with {CONFIG_FILE} and {WEIGHTS_FILE}, or {ONNX_FILE}.")
    ],
    images: Annotated[list[str], typer.Option(help="SEQUENCE=FILE, once for each sequence that there is.")],
    out: Annotated[
        Path, typer.Option(help="Labelmap to be written, .nii.gz, on the grid of the first image.")
    ],
    device: Annotated[str, typer.Option(help="cpu or cuda:N.")] = "cpu",
    threads: Annotated[int, typer.Option(min=1)] = os.cpu_count() or 1,
    trusted: Annotated[
        bool, typer.Option(help="Of our own making: runs in this process, not isolated.")
    ] = False,
) -> None:
    """Predict one case."""
    try:
        paths = dict(_sequence_and_file(text) for text in images)
        volumes = {name: read_volume(path, name=path.name) for name, path in paths.items()}
        case = CaseImages.of_volumes({name: (volume.array, volume.grid) for name, volume in volumes.items()})
        if trusted:
            config, weights = load_folder(model)
            labels = Predictor(config, weights, device=device).predict(case).labelmap
        else:
            kind, config, file = _package(model)
            with Sandbox(device=device, threads=threads).start(kind, config, file, Limits()) as walled:
                labels = walled.predict_case(case)
        first = next(iter(volumes.values()))
        out.write_bytes(write_labelmap_nifti(labels, grid=case.grid, like=first))
    except _MISTAKES as error:
        raise _mistake(error) from None
    typer.echo(f"{out}: {', '.join(f'{k}: {int((labels == k).sum())}' for k in config.labels)} voxels")


@app.command()
def train(
    config: Annotated[
        Path, typer.Option(help=f"The {CONFIG_FILE} that the model shall have; its weights are learned.")
    ],
    cases: Annotated[
        Path, typer.Option(help="A folder for each case, with …SEQUENCE.nii.gz and …seg.nii.gz.")
    ],
    out: Annotated[
        Path, typer.Option(help="Folder of the model. What was left there unfinished is gone on with.")
    ],
    minutes: Annotated[float, typer.Option(min=0.01, help="Of the processor, by thread.")] = 10,
    held_out: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of the cases to look at, not to learn from.")
    ] = 0.2,
    recipe: Annotated[
        str, typer.Option(help='JSON: values in place of the system\'s, {"rate": 0.001}.')
    ] = "{}",
    seed: Annotated[int, typer.Option(min=0)] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda:N.")] = "cpu",
    threads: Annotated[int, typer.Option(min=1)] = os.cpu_count() or 1,
) -> None:
    """Let a network of the zoo learn from cases on disk."""
    order = FolderTraining(config, cases, out, 60 * minutes, held_out, recipe, seed, device, threads)
    try:
        summary = train_folder(order, say=typer.echo)
    except (*_MISTAKES, *TRAINING_MISTAKES) as error:
        raise _mistake(error) from None
    typer.echo(json.dumps(summary, indent=2))


@app.command()
def inspect(
    model: Annotated[
        Path, typer.Argument(help=f"Folder with {CONFIG_FILE} and {WEIGHTS_FILE}, or {ONNX_FILE}.")
    ],
) -> None:
    """Tell what a model is, and whether its files fit each other. An ONNX file is loaded isolated."""
    try:
        kind, config, file = _package(model)
        facts: dict[str, object] = {
            "kind": str(kind),
            "config": to_json(config),
            "bytes": file.stat().st_size,
        }
        if kind is ModelKind.NETWORK:
            _, weights = load_folder(model)
            check(config, weights)
            facts["parameters"] = count_parameters(build(config))
        else:
            with Sandbox().start(kind, config, file, Limits()) as walled:
                facts["memory_mib"] = walled.peak_mib
    except _MISTAKES as error:
        raise _mistake(error) from None
    typer.echo(json.dumps(facts, indent=2))


@app.command()
def devices() -> None:
    """List what this machine computes with, and whether it can isolate untrusted models."""
    found = [{"device": device.name, **to_json(device.stated)} for device in local_devices()]
    typer.echo(
        json.dumps({"devices": found, "sandbox": not sandbox_lacks(), "lacking": sandbox_lacks()}, indent=2)
    )


def main() -> None:
    app()


def _package(folder: Path) -> tuple[ModelKind, ModelConfig, Path]:
    config = read_config((folder / CONFIG_FILE).read_bytes())
    if (folder / ONNX_FILE).exists():
        return ModelKind.ONNX, config, folder / ONNX_FILE
    if not (folder / WEIGHTS_FILE).exists():
        raise FileNotFoundError(f"{folder}: holds neither {WEIGHTS_FILE} nor {ONNX_FILE}")
    return ModelKind.NETWORK, config, folder / WEIGHTS_FILE


def _queues(text: str, has_gpu: bool) -> tuple[Queue, ...]:
    if not text:
        return (Queue.GPU, Queue.CPU) if has_gpu else (Queue.CPU,)
    try:
        return tuple(Queue(part.strip()) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(f"queues are {', '.join(Queue)}") from None


def _sequence_and_file(text: str) -> tuple[str, Path]:
    name, found, path = text.partition("=")
    if not found:
        raise typer.BadParameter(f"{text}: write SEQUENCE=FILE, such as FLAIR=flair.nii.gz")
    return name, Path(path)


def _mistake(error: Exception) -> typer.Exit:
    typer.secho(str(error), fg="red", err=True)
    return typer.Exit(1)
