"""A build that is killed or runs out of disk at any place: the next one ends as an undisturbed one does, to the byte.

"Up to date" is never said where a fresh clone would not be, and nothing half-made stays.
"""

import random

import pytest

from tests.faults.trial import clone, content, copy, differences, left_overs


def heals(programs, root, undisturbed, place) -> None:
    """What must be true after harm was done at `place`."""
    assert b"My own sentence." in (root / "_projects/alpha.en.md").read_bytes(), place
    if programs.run(root, "--check").code == 0:
        there = programs.run(clone(root, root.with_name("clone")), "--check")
        assert there.code == 0, f"{place}: up to date here, and in a clone:\n{there.out}"
    again = programs.run(root)
    assert again.code == 0, f"{place}: {again.out}"
    assert not differences(content(root), undisturbed.content), place
    assert not left_overs(root), place


def test_killed_before_any_change_of_a_file(programs, due, undisturbed, at_length, tmp_path):
    places = undisturbed.places(at_length, few=2)
    for at in places:
        root = copy(due.root, tmp_path / "repository")
        run = programs.run(root, fault={"kind": "kill", "at": at})
        assert run.code == -9, f"{at}: {run.out}"
        heals(programs, root, undisturbed, at)
    print(f"killed before each of {len(places)} of {undisturbed.changes} changes: all healed, nothing lost")


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_time(programs, due, undisturbed, at_length, tmp_path, seed):
    chance, cut, length = random.Random(seed), 0, undisturbed.seconds
    while cut < (50 if at_length else 1):
        root = copy(due.root, tmp_path / "repository")
        after = chance.uniform(0, length)
        run = programs.run(root, fault={"kind": "kill", "after": after})
        cut += run.code == -9
        if run.code == 0:  # the machine has become faster
            length = run.seconds
        heals(programs, root, undisturbed, f"seed {seed}, {after} s")
    print(f"killed at {cut} random times of seed {seed}: all healed, nothing lost")


def test_the_disk_is_full_from_any_change_on(programs, due, undisturbed, at_length, tmp_path):
    places, refused = undisturbed.places(at_length, few=2), 0
    for at in places:
        root = copy(due.root, tmp_path / "repository")
        run = programs.run(root, fault={"kind": "full", "at": at})
        assert run.code in (0, 2) and "Traceback" not in run.out, f"{at}: {run.out}"
        if run.code == 2:
            refused += 1
            told = [line for line in run.out.splitlines() if line.startswith("build_figures.py: ")]
            assert told and all("No space left on device" in line for line in told), f"{at}: {run.out}"
        heals(programs, root, undisturbed, at)
    print(f"disk full from each of {len(places)} changes on: {refused} refused, all healed")
