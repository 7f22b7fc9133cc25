"""In which precision the networks run on a device."""

import torch


def precision(device: torch.device) -> torch.autocast:
    """bfloat16 where the hardware multiplies it, float32 elsewhere (Pascal has no bfloat16, most CPUs emulate it)."""
    if device.type == "cuda":
        fast = torch.cuda.get_device_capability(device) >= (8, 0)
    else:
        fast = device.type == "cpu" and torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    return torch.autocast(device.type, torch.bfloat16, enabled=fast)
