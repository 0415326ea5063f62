"""Several models in one process: the first case goes to the first, the next to the next.

For those that do not end their process: libraries are loaded once then. Behind the walls this is the folder
`/app/hostile`; nothing in here is imported by a test.
"""

import importlib
import json
import zipfile
from pathlib import Path

from workers.contract import ModelConfig, read
from workers.sandbox.walls import WEIGHTS


def functions(order):
    """Of the hostile functions that the config names, such as `reaching:opens_sockets`."""
    return _in_turn([_loaded(name, order) for name in order.config.normalisation_settings["in_turn"]])


def onnx_files(order):
    """Of the archive that lies in the weights' place: `<name>.onnx`, and its config as `<name>.json`."""
    with zipfile.ZipFile(WEIGHTS) as archive:
        packages = [
            (archive.read(name), json.loads(archive.read(f"{Path(name).stem}.json")))
            for name in archive.namelist()
            if name.endswith(".onnx")
        ]
    return _in_turn([_of_file(content, read(ModelConfig, values)) for content, values in packages])


def _in_turn(models):
    following = iter(models)
    return lambda images, present, affine: next(following)(images, present, affine)


def _loaded(name, order):
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(f"hostile.{module}"), function)(order)


def _of_file(content, config):
    """What `onnx_model.load` makes of its file, which is there only when it is asked for."""
    network_model = importlib.import_module("workers.sandbox.network_model")
    onnx_model = importlib.import_module("workers.sandbox.onnx_model")

    def predict(images, present, affine):
        file = Path("/tmp/model.onnx")
        file.write_bytes(content)
        predictor = onnx_model.predictor_of(file, config, threads=1)
        return network_model.model_of(predictor, config)(images, present, affine)

    return predict
