"""Table of contents of the study's figures: name, the results it reads, the drawing."""

from functools import partial

from experiments.video_diffusion.drawings import (
    drift,
    failures,
    family,
    guidance,
    method_beyond,
    method_guidance,
    method_injection,
    model,
    player,
    sampler,
    scores,
    three_ways,
    training,
    videos,
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
    Drawing("maze_walk", ("overview",), model.data),
    Drawing("DVM_arch", ("overview",), model.architecture),
    Drawing("diffusion_path", ("overview",), model.diffusion_path),
    Drawing("training", ("overview",), model.training),
    Drawing("contact_sheet", ("clips",), videos.contact_sheet, "sprite"),
    Drawing("three_ways", ("long_videos",), three_ways.three_ways),
    *(Drawing(f"method_{draw.__name__}", ("long_videos",), draw) for draw in METHODS),
    Drawing("long_videos", ("long_videos",), videos.long_videos, kind="film"),
    *(Drawing(f"long_{name}", ("long_videos",), partial(videos.long_video, name=name), kind="film") for name in LABELS),
    *(Drawing(f"long_{name}_sprite", ("long_videos",), partial(player.sprite, name=name), "sprite") for name in LABELS),
    Drawing("long_videos_player", ("long_videos",), player.player, kind="data"),
    Drawing("film_strips", ("long_videos",), partial(videos.film_strips, names=videos.STORY)),
    Drawing("film_strips_beyond", ("long_videos",), partial(videos.film_strips, names=videos.BEYOND)),
    Drawing("seam_scores", ("overview", "long_videos"), scores.seam_scores),
    Drawing("failures", ("long_videos",), failures.failures),
    Drawing("drift", ("overview", "drift"), drift.drift),
    Drawing("drift_frames", ("drift",), drift.drift_frames),
    Drawing("guidance_curves", ("guidance_curves",), guidance.guidance_curves),
    Drawing("guidance_jumps", ("guidance_curves",), guidance.guidance_jumps),
    Drawing("family", ("overview", "injection_length", "long_videos"), family.family),
    Drawing("injection_length", ("injection_length",), scores.injection_length),
    Drawing("sampler_steps", ("sampler_steps",), sampler.sampler_steps),
    Drawing("decisions", ("overview",), sampler.decisions),
    Drawing("training_lengths", ("overview",), training.training_lengths),
    Drawing("history_tokens", ("overview",), training.history_tokens),
    Drawing("cost", ("cost",), scores.cost),
)
