"""What the golden makers share: tiny random checkpoints, contexts that float32 holds exactly, and where they are written."""

import json
import math
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file

warnings.filterwarnings("ignore")
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "chronos"


def write_checkpoint(name, config, state, dtype=torch.float32):
    """Writes config.json and model.safetensors; returns the folder."""
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    save_file({key: value.to(dtype).contiguous() for key, value in state.items()}, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def write_goldens(folder, tensors):
    save_file({key: value.clone().contiguous() for key, value in tensors.items()}, folder / "goldens.safetensors")


def fill(shapes, seed):
    """Random weights at which attention is far from uniform and activations stay near 1, so that an error shows."""
    generator = torch.Generator().manual_seed(seed)
    state = {}
    for key, shape in shapes.items():
        noise = torch.randn(shape, generator=generator)
        if "layer_norm" in key:
            state[key] = 1 + 0.3 * noise
        elif key.endswith("bias") or "relative_attention_bias" in key or key.startswith("shared"):
            state[key] = noise
        elif ".q." in key or ".k." in key:
            state[key] = noise / math.sqrt(math.sqrt(shape[1]) * 2)
        else:
            state[key] = noise / math.sqrt(shape[1])
    return state


def walk(length, seed, start=500.0):
    """A random walk in steps of 1/16: every value is exact in float32, as is its product with a power of two."""
    state, value, values = seed, start, []
    for _ in range(length):
        state = (state * 1103515245 + 12345) % 2**31
        value += ((state >> 12) % 129 - 64) / 16
        values.append(value)
    return torch.tensor(values, dtype=torch.float32)


def with_gaps(series, missing):
    series = series.clone()
    series[[i for i in range(len(series)) if missing(i)]] = math.nan
    return series


def edge_contexts(context_length, patch):
    """Contexts at the edges of what may come, by name."""
    return {
        "ordinary": walk(context_length - 3, 1),
        "whole": walk(context_length, 2),
        "very-long": walk(4 * context_length + 5, 3),
        "short": walk(patch + 1, 4),
        "one-patch": walk(patch, 5),
        "one-point": walk(1, 6),
        "gaps": with_gaps(walk(context_length - 1, 7), lambda i: i % 5 == 3),
        "missing-patches": with_gaps(walk(context_length, 8), lambda i: patch <= i < 3 * patch + 2),
        "leading-gap": with_gaps(walk(context_length, 9), lambda i: i < 2 * patch + 1),
        "trailing-gap": with_gaps(walk(context_length, 10), lambda i: i >= context_length - patch - 1),
        "all-missing": torch.full((patch + 2,), math.nan),
        "constant": torch.full((2 * patch,), 42.5),
        "zeros": torch.zeros(patch + 3),
        "huge": walk(context_length, 11) * 2.0**50,
        "tiny": walk(context_length, 12) * 2.0**-50,
        "negative": walk(context_length, 13, start=-300.0),
    }
