"""What the rows are called in every figure, in their order, and their colours."""

from collections.abc import Mapping
from typing import Any

from showcase.palette import METHOD

LABELS = {
    "truth": "real video",
    "independent": "independent clips",
    "history_guidance": "history guidance",
    "reconstruction_guidance": "reconstruction guidance",
    "stabilised_guidance": "stabilised guidance",
    "feature_injection": "feature injection",
    "hidden_injection": "hidden-feature injection",
    "key_value_injection": "key/value injection",
    "per_frame_noise": "per-frame noise",
    "per_frame_guidance": "guided per-frame noise",
    "hybrid": "hybrid",
}
CHINESE = {
    "truth": "真实视频",
    "independent": "独立片段",
    "history_guidance": "历史引导",
    "reconstruction_guidance": "重建引导",
    "stabilised_guidance": "稳定化引导",
    "feature_injection": "特征注入",
    "hidden_injection": "隐层特征注入",
    "key_value_injection": "键值注入",
    "per_frame_noise": "逐帧噪声",
    "per_frame_guidance": "带引导的逐帧噪声",
    "hybrid": "混合方法",
}
COLOURS = {name: METHOD[name] for name in LABELS}


def rows_of(values: Mapping[str, Any]) -> dict[str, dict]:
    """The methods that a comparison has, in the order of every figure."""
    return {name: values["methods"][name] for name in LABELS if name in values["methods"]}
