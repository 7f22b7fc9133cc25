"""In which precision the networks run on a device."""

import torch


def precision(device: torch.device) -> torch.autocast:
    """bfloat16 where the hardware multiplies it, float32 elsewhere (Pascal has no bfloat16, most CPUs emulate it; so do
    those with AVX-512 but without its bfloat16 part: a training step takes three times as long there)."""
    if device.type == "cuda":
        fast = torch.cuda.get_device_capability(device) >= (8, 0)
    else:
        fast = device.type == "cpu" and _multiplies_bfloat16()
    return torch.autocast(device.type, torch.bfloat16, enabled=fast)


def _multiplies_bfloat16() -> bool:
    """Whether this CPU does; False where PyTorch cannot tell (before 2.6)."""
    return any(getattr(torch.cpu, f"_is_{unit}_supported", bool)() for unit in ("avx512_bf16", "amx_tile"))
