"""ONNX files for the tests: good ones, and one for each way of being hostile."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHT = np.array([[0.5, -1.0], [1.5, 0.2], [-0.3, 0.9]], np.float32).reshape(3, 2, 1, 1, 1)


def graph(
    *nodes: onnx.NodeProto,
    initialisers: dict[str, np.ndarray] | None = None,
    output: onnx.ValueInfoProto | None = None,
) -> onnx.ModelProto:
    made = helper.make_graph(
        list(nodes),
        "model",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["B", 2, "X", "Y", "Z"])],
        [output or tensor("scores")],
        [numpy_helper.from_array(array, name) for name, array in (initialisers or {}).items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def tensor(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["b", "c", "x", "y", "z"])


def convolution() -> onnx.ModelProto:
    return graph(helper.make_node("Conv", ["images", "weight"], ["scores"]), initialisers={"weight": WEIGHT})


def external_data() -> onnx.ModelProto:
    model = convolution()
    stored = model.graph.initializer[0]
    stored.ClearField("raw_data")
    stored.data_location = TensorProto.EXTERNAL
    stored.external_data.add(key="location", value="../../../../etc/passwd")
    return model


def external_data_in_a_branch() -> onnx.ModelProto:
    stored = numpy_helper.from_array(np.zeros(3, np.float32), "hidden")
    stored.ClearField("raw_data")
    stored.data_location = TensorProto.EXTERNAL
    stored.external_data.add(key="location", value="/etc/passwd")
    inner = helper.make_graph(
        [helper.make_node("Constant", [], ["value"], value=stored)],
        "branch",
        [],
        [helper.make_tensor_value_info("value", TensorProto.FLOAT, [3])],
    )
    condition = helper.make_node("If", ["yes"], ["scores"], then_branch=inner, else_branch=inner)
    return graph(condition, initialisers={"yes": np.array(True)})


def custom_domain() -> onnx.ModelProto:
    model = graph(helper.make_node("Evil", ["images"], ["scores"], domain="com.evil"))
    model.opset_import.append(helper.make_opsetid("com.evil", 1))
    return model


def contributed_domain() -> onnx.ModelProto:
    model = graph(helper.make_node("Gelu", ["images"], ["scores"], domain="com.microsoft"))
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return model


def unknown_operator() -> onnx.ModelProto:
    return graph(helper.make_node("NoSuchOperator", ["images"], ["scores"]))


def endless_loop() -> onnx.ModelProto:
    """2⁶² rounds of adding one."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["going"], ["goes"]),
            helper.make_node("Add", ["so_far", "one"], ["next"]),
        ],
        "round",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            tensor("so_far"),
        ],
        [
            helper.make_tensor_value_info("goes", TensorProto.BOOL, []),
            tensor("next"),
        ],
    )
    loop = helper.make_node("Loop", ["rounds", "yes", "images"], ["scores"], body=body)
    values = {"rounds": np.array(1 << 62), "yes": np.array(True), "one": np.array(1, np.float32)}
    return graph(loop, initialisers=values)


def giant_tensor() -> onnx.ModelProto:
    """A shape of 2⁴² numbers, stated in 32 bytes, as constant folding would meet it."""
    shape = np.array([1, 3, 1 << 20, 1 << 20])
    fill = helper.make_node("ConstantOfShape", ["shape"], ["scores"])
    return graph(fill, initialisers={"shape": shape})


def giant_initialiser() -> onnx.ModelProto:
    model = convolution()
    stored = model.graph.initializer[0]
    stored.dims[:] = [1 << 20, 1 << 20, 1 << 20, 1, 1]
    return model


def expanding_bomb(copies: int = 1 << 40) -> onnx.ModelProto:
    """A few bytes that become as many copies of what is fed."""
    shape = np.array([copies, 1, 1, 1, 1])
    return graph(helper.make_node("Expand", ["images", "shape"], ["scores"]), initialisers={"shape": shape})


def bomb_within_the_address_space() -> onnx.ModelProto:
    """1.4 GiB: the kernel would give it, the watch does not."""
    return expanding_bomb(1 << 18)


def not_finite() -> onnx.ModelProto:
    return graph(
        helper.make_node("Conv", ["images", "weight"], ["raw"]),
        helper.make_node("Mul", ["raw", "nan"], ["scores"]),
        initialisers={"weight": WEIGHT, "nan": np.array(np.nan, np.float32)},
    )


def too_many_classes() -> onnx.ModelProto:
    weight = np.ones((4, 2, 1, 1, 1), np.float32)
    return graph(helper.make_node("Conv", ["images", "weight"], ["scores"]), initialisers={"weight": weight})


def words() -> onnx.ModelProto:
    text = helper.make_tensor("text", TensorProto.STRING, [1], [b"label"])
    output = helper.make_tensor_value_info("scores", TensorProto.STRING, [1])
    return graph(helper.make_node("Constant", [], ["scores"], value=text), output=output)


def two_inputs() -> onnx.ModelProto:
    model = convolution()
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1]))
    return model


def too_many_nodes() -> onnx.ModelProto:
    nodes = [helper.make_node("Identity", [f"a{k}" if k else "images"], [f"a{k + 1}"]) for k in range(20_001)]
    return graph(*nodes, helper.make_node("Identity", ["a20001"], ["scores"]))


def malformed() -> bytes:
    return convolution().SerializeToString()[:-40] + b"\xff" * 60
