"""Table of contents of the study's figures: name, the results it reads, the drawing."""

from functools import partial

from experiments.video_diffusion.drawings import (
    drift,
    failures,
    family,
    guidance,
    history_tokens,
    memories,
    method_beyond,
    method_guidance,
    method_injection,
    model,
    off_lattice,
    player,
    sampler,
    scores,
    three_ways,
    training_lengths,
    two_worlds,
    videos,
    walk,
)
from experiments.video_diffusion.drawings.names import LABELS
from showcase.drawing import Drawing

METHODS = (
    method_guidance.history_guidance,
    method_guidance.reconstruction_guidance,
    method_guidance.stabilised_guidance,
    method_injection.feature_injection,
    method_injection.hidden_injection,
    method_injection.key_value_injection,
    method_beyond.per_frame_noise,
    method_beyond.hybrid,
)
FIGURES = (
    Drawing("maze_walk", ("overview",), model.data, frames=True),
    Drawing("DVM_arch", ("overview",), model.architecture, frames=True),
    Drawing("diffusion_path", ("overview",), model.diffusion_path, frames=True),
    Drawing("training", ("overview",), model.training),
    Drawing("walk", ("walk",), walk.walk, "film", frames=True),
    Drawing("contact_sheet", ("clips",), videos.contact_sheet, "sprite"),
    Drawing("three_ways", ("long_videos",), three_ways.three_ways, frames=True),
    *(Drawing(f"method_{draw.__name__}", ("long_videos",), draw, frames=True) for draw in METHODS),
    Drawing("long_videos", ("long_videos",), videos.long_videos, "film", frames=True),
    *(
        Drawing(
            f"long_{name}", ("long_videos",), partial(videos.long_video, name=name), "film", frames=True, words=False
        )
        for name in LABELS
    ),
    *(Drawing(f"long_{name}_sprite", ("long_videos",), partial(player.sprite, name=name), "sprite") for name in LABELS),
    *(
        Drawing(f"walk_{name}_sprite", ("drift",), partial(player.walk_sprite, name=name), "sprite")
        for name in player.WALKS
    ),
    Drawing("long_videos_player", ("long_videos", "drift"), player.player, kind="data"),
    Drawing("film_strips", ("long_videos",), partial(videos.film_strips, names=videos.STORY), frames=True),
    Drawing("film_strips_beyond", ("long_videos",), partial(videos.film_strips, names=videos.BEYOND), frames=True),
    Drawing("seam_scores", ("overview", "long_videos"), scores.seam_scores),
    Drawing("failures", ("long_videos",), failures.failures, frames=True),
    Drawing("drift", ("overview", "drift"), drift.drift),
    Drawing("drift_frames", ("drift",), drift.drift_frames, frames=True),
    Drawing("guidance_curves", ("guidance_curves",), guidance.guidance_curves),
    Drawing("guidance_jumps", ("guidance_curves",), guidance.guidance_jumps, frames=True),
    Drawing("family", ("overview", "injection_length", "long_videos"), family.family),
    Drawing("injection_length", ("injection_length",), scores.injection_length),
    Drawing("sampler_steps", ("sampler_steps",), sampler.sampler_steps),
    Drawing("continuing_steps", ("continuing_steps",), sampler.continuing_steps),
    Drawing("decisions", ("overview",), sampler.decisions),
    Drawing("training_lengths", ("overview",), training_lengths.training_lengths),
    Drawing("memory_lengths", ("overview",), training_lengths.memory_lengths),
    Drawing("history_tokens", ("overview",), history_tokens.history_tokens),
    Drawing("off_lattice", ("off_lattice",), off_lattice.off_lattice),
    Drawing("off_lattice_frames", ("off_lattice",), off_lattice.off_lattice_frames, frames=True),
    Drawing("memories", ("memories",), memories.memories),
    Drawing("memories_by_age", ("memories",), memories.memories_by_age),
    Drawing("memories_frames", ("memories",), memories.memories_frames, frames=True),
    Drawing("memories_film", ("memories",), memories.memories_film, "film", frames=True),
    Drawing("two_worlds", ("overview", "long_videos", "memories", "two_worlds"), two_worlds.two_worlds),
    Drawing("two_worlds_frames", ("two_worlds",), two_worlds.two_worlds_frames, "sprite"),
    Drawing("cost", ("cost",), scores.cost),
)
