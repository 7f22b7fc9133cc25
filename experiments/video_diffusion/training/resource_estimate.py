"""What training a network needs, in numbers that a small rehearsal gives, and what a card would make of it."""

from dataclasses import dataclass

import torch

from experiments.results import device_name

GIB = 2**30


@dataclass(frozen=True)
class Card:
    """The device that a preset is meant for. `teraflops` is what training is assumed to reach of it, not its peak."""

    name: str
    gib: float
    teraflops: float
    precision: torch.dtype
    context_gib: float = 0.7  # CUDA's own, cuDNN's workspace


CARDS = {
    "gtx1080ti": Card("GTX 1080 Ti", 11, 4.0, torch.float32),  # peak 11.3
    "gpu": Card("a 24 GB card with bfloat16", 24, 25.0, torch.bfloat16),  # peak 70 and more
    "laptop": Card("a data-centre card with bfloat16", 80, 100.0, torch.bfloat16),  # peak 800 and more
}
SPARE = 1.5  # of the activations: what a step holds besides for a moment; 1.4 was seen in a process on a CPU


@dataclass(frozen=True)
class Needs:
    """Of one network and one step at the recipe's batch. Bytes and operations; seconds on this device."""

    name: str
    batch: int
    steps: int
    parameters: int
    fixed: int  # weights, gradients, Adam's two moments, the average; frozen networks; the latents of the walks
    activations: int  # kept for the backward pass, with what is recomputed at once
    flops: float  # forward and backward
    seconds: float
    peak: int = 0  # bytes that a GPU reserved in a few steps at the recipe's batch, with the walks beside it

    def peak_gib(self, card: Card) -> float:
        """Estimated peak on the card."""
        return (self.fixed + SPARE * self.activations) / GIB + card.context_gib

    def hours(self, card: Card) -> float:
        """Estimated time of the whole training on the card."""
        return self.steps * self.flops / card.teraflops / 1e12 / 3600


def report(needs: Needs, preset: str, device: torch.device) -> str:
    """A few lines for the terminal; what is not measured is called an estimate."""
    lines = [f"{needs.name}: {needs.parameters / 1e6:.2f} M parameters, batch {needs.batch}, {needs.steps:,} steps"]
    lines.append(
        f"  memory: {needs.fixed / GIB:.2f} GiB weights, gradients, Adam, average, walks; "
        f"{needs.activations / GIB:.2f} GiB activations (one step at a small batch, scaled)"
    )
    hours = needs.seconds * needs.steps / 3600
    lines.append(
        f"  here ({device_name(str(device))}): {needs.flops / 1e9:,.0f} GFLOP and {needs.seconds:.2f} s a step "
        f"(scaled from a small batch): {hours:,.1f} h in all"
    )
    if needs.peak:
        lines.append(f"  measured here, in the precision of the preset's card: peak {needs.peak / GIB:.2f} GiB")
    if card := CARDS.get(preset):
        fits = "fits" if needs.peak_gib(card) < 0.9 * card.gib else "does NOT fit"
        lines.append(
            f"  estimate for {card.name}: peak {needs.peak_gib(card):.1f} of {card.gib:g} GiB ({fits}); "
            f"{needs.hours(card):.1f} h at an assumed {card.teraflops:g} TFLOP/s"
        )
    return "\n".join(lines)
