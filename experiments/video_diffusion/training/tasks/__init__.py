"""What each of the networks learns: its data, its loss, its score on held-out mazes.

autoencoder → video decoder (of its latents) → judge and depth reader (need no other) → denoiser (on latents) →
history encoder (on the frozen denoiser); the guide is a denoiser too, a small one trained briefly
(sampling/methods/autoguidance.py)
"""

from experiments.video_diffusion.training.tasks.denoiser import denoiser_task
from experiments.video_diffusion.training.tasks.depth import depth_task
from experiments.video_diffusion.training.tasks.frames import autoencoder_task, decoder_task
from experiments.video_diffusion.training.tasks.history import history_task
from experiments.video_diffusion.training.tasks.judge import judge_task
from experiments.video_diffusion.training.tasks.memory import memory_task
from experiments.video_diffusion.training.tasks.motion import motion_task
from experiments.video_diffusion.training.tasks.readers import scene_task

# What may be remembered of a walk whose poses are known; see `MemoryEncoderConfig` for what a preset sets.
MEMORIES = ("memory-10", "memory-60", "memory-retrieved", "memory-raw", "memory-recurrent")
OF_MAZES = ("depth", "scene", "motion", *MEMORIES)  # learn what is known of a maze alone: its walls and poses
TASKS = {
    "autoencoder": autoencoder_task,
    "decoder": decoder_task,
    "judge": judge_task,
    "depth": depth_task,
    "scene": scene_task,
    "motion": motion_task,
    "denoiser": denoiser_task,
    "guide": denoiser_task,
    "history": history_task,
    **dict.fromkeys(MEMORIES, memory_task),
}
