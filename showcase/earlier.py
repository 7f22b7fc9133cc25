"""Numbers from the first write-ups of both projects, and verdicts that this study reached before: quoted on the pages,
never measured here.

They stand as they were published, as text; a judge that compares with one converts it.
"""

from experiments.errors import InputError

EARLIER = {
    "pzodmc": {
        "time_saved_percent": "64.34",  # five dimensions, independent coordinates
        "time_saved_dimensions": "5",
        "highest_dimensions": "30",
        "batch": "100",
        "wells": {
            "partial": {"mmd": "0.15–0.17", "w2": "5.3–5.5", "seconds": "1.3–3.5"},
            "full": {"mmd": "4.2", "w2": "4.76", "seconds": "1.0–3.9"},
        },
        "mixture": {
            "dimensions": "15",
            "partial": {"mmd": "0.50–0.52", "w2": "15.7–16.5"},
            "full": {"mmd": "8.0–8.3", "w2": "14.8"},
        },
    },
    "video_diffusion": {
        "steps": "1000",
        "injected": "800",  # of the steps
        "null_probability": "0.1",  # of dropping the history in training
        "memory": "11",  # GB of the one graphics card
        "feature_injection": {
            "fid": "259.22 ± 8.08",
            "temporal_lpips": "0.1450 ± 0.0115",
            "flow": "4.35 ± 0.12",
            "flow_std": "2.49",
        },
        "reconstruction_guidance": {
            "fid": "250.48 ± 19.62",
            "temporal_lpips": "0.1790 ± 0.0229",
            "flow": "4.29 ± 0.49",
            "flow_std": "2.31",
        },
        "lattice_version": "0.18",  # the last whose networks, walks and judge knew the lattice alone
        "lattice_commit": "1cd2586",  # … which has the weights that its records measured; its verdicts:
        "lattice": {
            "injection_continues": "holds",
            "injection_best": "fails",
            "injection_smoothest": "fails",
            "hidden_best": "holds",
            "hidden_smoothest": "undecided",
            "per_frame_continues": "holds",
            "cleaner_better": "holds",
            "injection_matched": "holds",
            "injection_stops_early": "undecided",
            "compression_costs": "holds",
            "history_worse": "fails",
            "guidance_unsteady": "holds",
            "guidance_scatters": "holds",
            "score_unsteady": "holds",
            "guidance_jumps": "holds",
            "guidance_stabilised": "holds",
            "stabilised_seams": "holds",
            "hybrid_beats_both": "holds",
            "clips_real": "holds",
            "headline": "holds",
            "seams_pass": "holds",
            "no_drift": "holds",
        },
    },
}

# Records that measured networks of an earlier version, whose weights the commit has. What the study's RECORDS say of
# one is not said again.
OLDER = {
    "video_diffusion": {
        "version": EARLIER["video_diffusion"]["lattice_version"],
        "commit": EARLIER["video_diffusion"]["lattice_commit"],
        "records": {
            "ablate": {},
            "milestones": {},
            "decisions": {},
            "compare (lattice)": {"command": "compare", "keys": ("overview.lattice",), "figures": ()},
            "off-lattice": {
                "command": "off-lattice --weights FOLDER",
                "keys": ("off_lattice.lattice",),
                "figures": ("off_lattice", "off_lattice_frames"),
            },
        },
    },
}


def earlier(key: str) -> str:
    """The quoted number at a dotted key, the project first. Raises InputError when there is none."""
    node = EARLIER
    for step in key.split("."):
        if not isinstance(node, dict) or step not in node:
            raise InputError(f"no earlier number '{key}' in showcase/earlier.py")
        node = node[step]
    return str(node)


def verdicts_before(project: str, where: str) -> dict[str, str]:
    """The verdicts that a project reached before, by claim."""
    return dict(EARLIER[project][where])
