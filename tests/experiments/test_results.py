"""Results keep what was measured, and notice when somebody changed it."""

import json
import os
from dataclasses import dataclass

import numpy as np
import pytest

from experiments.errors import InputError
from experiments.presets import load_config
from experiments.results import Recorder, Result, atomic


@dataclass(frozen=True)
class Config:
    steps: int = 24
    sizes: tuple[int, ...] = (2, 5)


def measured() -> Result:
    recorder = Recorder("speed", Config(), preset="quick", project="pzodmc", seeds=(0, 1))
    values = {"rate": np.float32(2.5), "rows": [{"d": 2}], "lost": float("nan")}
    return recorder.result(values, {"curve": np.arange(6.0).reshape(2, 3)})


def test_what_is_saved_is_what_is_loaded(tmp_path):
    path = measured().save(tmp_path)
    again = Result.load(path)
    assert again.values == {"rate": 2.5, "rows": [{"d": 2}], "lost": None}
    assert again.config == {"steps": 24, "sizes": [2, 5]}
    assert (again.arrays["curve"] == np.arange(6.0).reshape(2, 3)).all()
    assert again.provenance.seeds == (0, 1) and again.provenance.preset == "quick"


@pytest.mark.parametrize("key", ["values", "config"])
def test_an_edit_by_hand_is_noticed(tmp_path, key):
    path = measured().save(tmp_path)
    record = json.loads(path.read_text())
    record[key]["rate" if key == "values" else "steps"] = 99
    path.write_text(json.dumps(record))
    with pytest.raises(InputError, match="digest mismatch"):
        Result.load(path)


def test_exchanged_arrays_are_noticed(tmp_path):
    path = measured().save(tmp_path)
    np.savez(path.with_suffix(".npz"), curve=np.zeros((2, 3)))
    with pytest.raises(InputError, match="digest mismatch"):
        Result.load(path)


def test_a_cut_between_its_two_files_leaves_no_result_and_never_a_wrong_one(tmp_path, monkeypatch):
    path = measured().save(tmp_path)
    replace, done = os.replace, []

    def cut(old, new):
        if done:
            raise KeyboardInterrupt
        done.append(replace(old, new))

    monkeypatch.setattr(os, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        measured().save(tmp_path)
    assert not path.exists() and path.with_suffix(".npz").exists(), "so it is due"


def test_a_full_disk_leaves_the_old_pair(tmp_path, monkeypatch):
    path = measured().save(tmp_path)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space"):
        measured().save(tmp_path)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before and Result.load(path)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_broken_result_is_one_line_with_its_cure(tmp_path, content):
    path = tmp_path / "speed.json"
    path.write_text(content)
    with pytest.raises(InputError, match="build_figures.py --force"):
        Result.load(path)


def test_the_digest_does_not_depend_on_when_and_where(tmp_path):
    assert measured().digest == Result.load(measured().save(tmp_path)).digest


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.json"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), atomic(path) as file:
        file.write(b"half of the n")
        raise RuntimeError
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


PRESETS = "quick: {speed: {steps: 3, sizes: [7]}}\nstandard: {}\npaper: {}\n"


def test_a_preset_changes_what_it_names_and_nothing_else(tmp_path):
    path = tmp_path / "presets.yaml"
    path.write_text(PRESETS)
    assert load_config(Config, path, "quick", "speed") == Config(3, (7,))
    assert load_config(Config, path, "standard", "speed") == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quick: [", "not valid YAML at line"),
        ("quick: {}\nstandard: {}\n", "preset 'paper'"),
        (PRESETS.replace("steps", "stpes"), "unknown key 'stpes'"),
    ],
)
def test_a_broken_preset_file_is_told_in_one_line(tmp_path, text, message):
    path = tmp_path / "presets.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_config(Config, path, "quick", "speed")
