"""The graphs for the browser: of the shipped weights, equal to torch, small, and never written where they are not."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from safetensors.torch import load_file, save_file

from experiments.errors import InputError
from experiments.video_diffusion.__main__ import main
from experiments.video_diffusion.browser import export as exporting
from experiments.video_diffusion.browser.check import difference
from experiments.video_diffusion.browser.export import MOST, export
from experiments.video_diffusion.browser.graph import graph_of, tensors_in, widened
from experiments.video_diffusion.browser.networks import FILES, GRAPHS, networks
from experiments.video_diffusion.model.shipped_weights import FOLDER
from experiments.video_diffusion.model.weight_files import digest_of

SHIPPED = Path(__file__).parents[2] / "assets/walk"


@pytest.fixture(scope="module")
def depth():
    """The smallest network, and its graph."""
    network = next(one for one in networks() if one.name == "depth")
    return network, graph_of(network, FOLDER / "depth.safetensors", {"network": "depth"})


def test_what_is_shipped_belongs_together():
    listed = json.loads((SHIPPED / "walk.json").read_text())
    for name, entry in listed["files"].items():
        content = ((SHIPPED if name.endswith(".onnx") else FOLDER) / name).read_bytes()
        assert entry == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}, name
    assert listed["digests"] == {name: digest_of(FOLDER / f"{name}.safetensors") for name in FILES}
    assert sum(entry["bytes"] for entry in listed["files"].values()) <= MOST
    assert max(listed["checked"]["differences"].values()) <= 1e-3 and listed["checked"]["clips"] >= 10


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_holds_the_digest_and_the_record_and_no_weights(name):
    model = onnx.load(SHIPPED / f"{name}.onnx", load_external_data=False)
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert told["digest"] == digest_of(FOLDER / told["weights"]) and "device" in json.loads(told["training"])
    inside = [part for part in model.graph.initializer if part.data_location != onnx.TensorProto.EXTERNAL]
    assert all(np.prod(part.dims) < 256 for part in inside), "only small constants"
    assert any(part.data_location == onnx.TensorProto.EXTERNAL for part in model.graph.initializer)


def test_the_same_network_is_the_same_bytes(depth):
    network, graph = depth
    assert graph_of(network, FOLDER / "depth.safetensors", {"network": "depth"}) == graph


def test_widened_weights_are_where_the_graph_looks(depth):
    file = FOLDER / "depth.safetensors"
    numbers = np.frombuffer(widened(file), np.float32)
    for name, tensor in load_file(file).items():
        begin, end = tensors_in(file)[name]["data_offsets"]
        assert np.array_equal(numbers[begin // 2 : end // 2], tensor.float().numpy().ravel()), name


def test_a_graph_that_differs_from_torch_is_refused(depth, tmp_path):
    network, graph = depth
    tensors = load_file(FOLDER / "depth.safetensors")
    tensors["along.4.bias"] += 0.05
    save_file(tensors, tmp_path / "depth.safetensors")
    clips = [{"images": torch.zeros(5, 3, 64, 64)}]
    assert difference(network, graph, FOLDER / "depth.safetensors", clips) < 1e-3
    with pytest.raises(InputError, match="differs from torch"):
        difference(network, graph, tmp_path / "depth.safetensors", clips)


def test_without_weights_nothing_is_written(tmp_path, capsys):
    some = tmp_path / "some"  # networks that cannot remember: nothing reads depth for them
    some.mkdir()
    for name in ("autoencoder", "denoiser"):
        shutil.copy(FOLDER / f"{name}.safetensors", some)
    for folder in (tmp_path / "nowhere", some):
        assert main(["export-web", "--weights", str(folder), "--out", str(tmp_path / "out")]) == 2
        assert "missing or corrupt checkpoint" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_more_than_a_click_may_load_is_refused_before_anything_is_written(tmp_path, monkeypatch, depth):
    for name in FILES:
        shutil.copy(FOLDER / f"{name}.safetensors", tmp_path)
    monkeypatch.setattr(exporting, "MOST", 10**6)
    monkeypatch.setattr(exporting, "networks", lambda _: [depth[0]])
    with pytest.raises(InputError, match="1 MB is the most"):
        export(tmp_path / "out", tmp_path)
    assert not (tmp_path / "out").exists()
