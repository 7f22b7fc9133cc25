from experiments.video_diffusion.datasets import EPISODE, MazeWalks
from experiments.video_diffusion.studies.clips import real_clips


def test_real_clips_come_from_anywhere_in_a_walk_as_those_of_training_do():
    clips, walks = real_clips("test", 40, 6, 10).numpy(), MazeWalks("test", EPISODE)
    starts = []
    for clip, number in zip(clips, range(40, 46), strict=True):
        frames = walks.episode(number).frames
        starts += [first for first in range(EPISODE - 9) if (frames[first : first + 10] == clip).all()]
    assert len(starts) >= 6 and max(starts) - min(starts) > 20
