"""Writes what the reference's embed gives with the committed tiny checkpoints, each series alone: `embeddings.safetensors` beside each.

venv/bin/python make_embeddings.py, after make_bolt.py, make_t5.py and make_chronos2.py
"""

import json

import torch
from chronos import BaseChronosPipeline
from safetensors.torch import load_file, save_file

from tiny_checkpoints import FIXTURES

BOLT = ["bolt-wide-heads", "bolt-gated-f16", "bolt-log-last-bf16"]
T5 = ["t5-wide-heads", "t5-gated"]
CHRONOS2 = ["chronos2-wide-heads", "chronos2-one-head"]
# A vector a value: six cases are enough to commit.
T5_CASES = ["ordinary", "short", "one-point", "gaps", "all-missing", "huge"]


def contexts_of(folder, part):
    """The cases' contexts, by name; of Chronos-2 the targets of a task, stacked."""
    cases = {}
    for key, values in load_file(folder / "goldens.safetensors").items():
        case, name = key.split("/")
        if name.startswith(part) and not case.startswith("cross-learning"):
            cases.setdefault(case, {})[name] = values
    return {case: [targets[name] for name in sorted(targets)] for case, targets in cases.items()}


def covariates(folder):
    """The cases with covariates: embed of the reference takes none."""
    return {key.split("/")[0] for key in load_file(folder / "goldens.safetensors") if "/past." in key}


def make(name):
    folder = FIXTURES / name
    pipeline = BaseChronosPipeline.from_pretrained(str(folder), dtype=torch.float32)
    logs = "chronolight" in json.loads((folder / "config.json").read_text())
    out = {}
    if name in CHRONOS2:
        for case, targets in contexts_of(folder, "target").items():
            if case in covariates(folder):
                continue
            embedded, loc_scales = pipeline.embed([torch.stack(targets)])
            loc, scale = loc_scales[0]
            out[f"{case}/encoded"] = embedded[0]
            out[f"{case}/loc"], out[f"{case}/scale"] = loc.flatten(), scale.flatten()
    else:
        for case, [context] in contexts_of(folder, "context").items():
            if name in T5:
                if case in T5_CASES:
                    embedded, scale = pipeline.embed(context)
                    out[f"{case}/encoded"], out[f"{case}/scale"] = embedded[0], scale.flatten()
                continue
            embedded, (loc, scale) = pipeline.embed(context.double().log().float() if logs else context)
            out[f"{case}/encoded"], out[f"{case}/loc"], out[f"{case}/scale"] = embedded[0], loc.flatten(), scale.flatten()
    save_file({key: value.float().clone().contiguous() for key, value in out.items()}, folder / "embeddings.safetensors")


if __name__ == "__main__":
    for name in [*BOLT, *T5, *CHRONOS2]:
        make(name)
