"""Is this ONNX file one that we run? A single file, only standard operators, of bounded size.

Parsed behind the walls only: a parser is code, and a stranger's file is no input for one beside credentials.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto

from workers.contract import Reason
from workers.sandbox.reasons import ModelError, sentence_of

MAX_BYTES: Final = 1 << 30
MAX_NODES: Final = 20_000
MAX_INITIALISERS: Final = 20_000
MAX_DEPTH: Final = 8
DOMAINS: Final = frozenset({"", "ai.onnx"})


def checked_model(path: Path) -> bytes:
    """The file's bytes, once they are found in order.

    Raises:
        ModelError: BAD_WEIGHTS, saying what to change.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise _bad(f"it has {size >> 20} MiB; {MAX_BYTES >> 20} MiB are allowed")
    content = path.read_bytes()
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except Exception as error:  # protobuf's own, which is not public everywhere
        raise _bad(f"it cannot be read as ONNX ({sentence_of(error)})") from None
    if not model.graph.node:
        raise _bad("it holds no graph; export the network with torch.onnx.export")
    _check_domains(model)
    _check_graphs(model)
    try:
        onnx.checker.check_model(content, full_check=False)
    except Exception as error:  # ValidationError, or what protobuf and the C++ side raise
        raise _bad(f"onnx.checker refuses it: {sentence_of(error)}") from None
    return content


def _check_domains(model: ModelProto) -> None:
    used = {opset.domain for opset in model.opset_import}
    if strange := sorted(used - DOMAINS):
        raise _bad(f"it uses operators of {', '.join(strange)}; only those of ONNX itself are run")
    if model.functions:
        raise _bad(f"it defines functions ({model.functions[0].name}); export it with them inlined")


def _check_graphs(model: ModelProto) -> None:
    nodes = initialisers = 0
    for graph, depth in _graphs(model.graph, 0):
        if depth > MAX_DEPTH:
            raise _bad(f"its graphs are nested more than {MAX_DEPTH} deep")
        nodes += len(graph.node)
        initialisers += len(graph.initializer) + len(graph.sparse_initializer)
        if nodes > MAX_NODES or initialisers > MAX_INITIALISERS:
            raise _bad(f"it has more than {MAX_NODES:,} nodes or {MAX_INITIALISERS:,} initialisers")
        for node in graph.node:
            if node.domain not in DOMAINS:
                raise _bad(
                    f"{node.op_type} is an operator of {node.domain}; only those of ONNX itself are run"
                )
        if external := next((t for t in _tensors(graph) if _is_external(t)), None):
            raise _bad(f"{external.name or 'a tensor'} lies in another file; save it as a single file")


def _graphs(graph: GraphProto, depth: int) -> Iterator[tuple[GraphProto, int]]:
    yield graph, depth
    if depth > MAX_DEPTH:
        return
    for node in graph.node:
        for attribute in node.attribute:
            for inner in (
                *((attribute.g,) if attribute.type == AttributeProto.GRAPH else ()),
                *attribute.graphs,
            ):
                yield from _graphs(inner, depth + 1)


def _tensors(graph: GraphProto) -> Iterator[TensorProto]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        yield from _tensors_of(node)


def _tensors_of(node: NodeProto) -> Iterator[TensorProto]:
    for attribute in node.attribute:
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
        for sparse in (
            *((attribute.sparse_tensor,) if attribute.HasField("sparse_tensor") else ()),
            *attribute.sparse_tensors,
        ):
            yield from (sparse.values, sparse.indices)


def _is_external(tensor: TensorProto) -> bool:
    return tensor.data_location == TensorProto.EXTERNAL or bool(tensor.external_data)


def _bad(sentence: str) -> ModelError:
    return ModelError(Reason.BAD_WEIGHTS, f"the ONNX file: {sentence}")
