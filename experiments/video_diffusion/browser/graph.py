"""A network as an ONNX graph without weights: they stay in their safetensors file, where the browser takes them from.

The file holds half precision, one tensor after the other. Widened to float32 as a whole it is twice as long, and a
tensor that began at byte b of its data begins at 2 b: the graph's "external data". So the repository and the site hold
every weight once, and what walks in the browser is the very file that everything else was measured on.
"""

import json
from pathlib import Path

import numpy as np
import onnx_ir as ir
import onnxscript.optimizer
import torch

from experiments.errors import InputError
from experiments.video_diffusion.browser.networks import Network


def graph_of(network: Network, file: Path, record: dict[str, str]) -> bytes:
    """The graph of a network, with the weights of `file` beside it as `FILE.float32` and `record` as its metadata."""
    import logging

    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it tells of torchvision, which is not needed
    program = torch.onnx.export(
        network.module.eval(),
        kwargs=network.inputs,
        dynamo=True,
        optimize=False,
        verbose=False,
        input_names=list(network.inputs),
        output_names=[network.output],
    )
    model = program.model
    detach_weights(model.graph, network.prefix)
    # As inputs weights cannot be folded into constants; everything else is.
    onnxscript.optimizer.optimize(model)
    attach_weights(model.graph, network, file)
    forget_places(model)
    model.producer_version = None
    model.metadata_props.clear()
    model.metadata_props.update(record)
    return ir.serde.serialize_model(model).SerializeToString(deterministic=True)


def detach_weights(graph: ir.Graph, prefix: str) -> None:
    """Make every weight an input of the graph."""
    for name in [name for name in graph.initializers if name.startswith(prefix)]:
        value = graph.initializers.pop(name)
        value.const_value = None
        graph.inputs.append(value)


def attach_weights(graph: ir.Graph, network: Network, file: Path) -> None:
    """Make these inputs weights again, each a part of the widened file; those that nothing reads go."""
    places = tensors_in(file)
    for value in [value for value in graph.inputs if value.name not in network.inputs]:
        graph.inputs.remove(value)
        if not value.uses():
            continue
        name = value.name.removeprefix(network.prefix)
        if name not in places or places[name]["dtype"] != "F16":
            raise InputError(f"{file}: no tensor '{name}' in half precision; train the network again")
        begin, end = places[name]["data_offsets"]
        value.const_value = ir.ExternalTensor(
            f"{file.stem}.float32", 2 * begin, 2 * (end - begin), ir.DataType.FLOAT, shape=value.shape, name=value.name
        )
        graph.initializers[value.name] = value


def forget_places(model: ir.Model) -> None:
    """Take out of a graph where in whose files its nodes were written: the same network is the same bytes anywhere."""
    for part in (model.graph, *model.functions.values()):
        part.metadata_props.clear()
        for node in part:
            node.metadata_props.clear()
            node.doc_string = None
            for value in node.outputs:
                value.metadata_props.clear()
        for value in part.inputs:
            value.metadata_props.clear()


def tensors_in(file: Path) -> dict[str, dict]:
    """Name → dtype, shape and place (bytes from the end of the header) of the tensors of a safetensors file."""
    content = file.read_bytes()
    length = int.from_bytes(content[:8], "little")
    return {name: entry for name, entry in json.loads(content[8 : 8 + length]).items() if name != "__metadata__"}


def widened(file: Path) -> bytes:
    """The data of a safetensors file as float32; what was no half precision in it means nothing there."""
    content = file.read_bytes()
    begin = 8 + int.from_bytes(content[:8], "little")
    return np.frombuffer(content[begin:], np.float16).astype(np.float32).tobytes()
