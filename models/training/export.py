"""Writes a training run as a Chronos-Bolt checkpoint folder, and checks it against chronos-forecasting.

  python export.py --run run.pt --out ../default
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from model import Bolt, Shape
from score import load_folder

TOLERANCE = 1e-5
# Development spans of real stocks (before the scored ones) were covered 1 to 2 points too rarely at short steps.
WIDER_AT_ONE_DAY = 0.06


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    saved = torch.load(args.run, weights_only=True)
    shape, out = Shape(**saved["shape"]), Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(json.dumps(config(shape), indent=2) + "\n")
    final = widened(saved["ema"], shape)
    weights = {name: value.to(torch.float16).contiguous() for name, value in final.items()}
    if not all(torch.isfinite(value).all() for value in weights.values()):
        raise ValueError("A weight leaves the range of float16")
    file = out / "model.safetensors"
    save_file(weights, file, metadata={"format": "pt"})
    model = load_folder(out)
    exact = Bolt(shape)
    exact.load_state_dict(final)
    context = sample_contexts(shape)
    with torch.no_grad():
        ours, rounding = model(context)[0], (model(context)[0] - exact.eval()(context)[0]).abs().max().item()
    difference = (ours - reference(out, context)).abs().max().item()
    print(f"parameters {sum(v.numel() for v in weights.values())}, bytes {file.stat().st_size}")
    print(f"sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}")
    print(f"largest difference: float16 against float32 weights {rounding:.2e}, chronos-forecasting {difference:.2e} (of scale)")
    if difference > TOLERANCE:
        raise ValueError(f"The reference gives other numbers: {difference} > {TOLERANCE}")


def widened(weights: dict[str, torch.Tensor], shape: Shape) -> dict[str, torch.Tensor]:
    """Returns the weights with every quantile of step h moved away from the median by 1 + 0.06 / sqrt(h).

    The last layers are linear, so the factor goes into their rows: [levels x horizon], level-major.
    """
    factor = 1 + WIDER_AT_ONE_DAY / torch.arange(1, shape.horizon + 1).sqrt()
    median = list(shape.levels).index(0.5)
    out = dict(weights)
    for name, value in weights.items():
        if name.startswith("output_patch_embedding.") and "hidden_layer" not in name:
            rows = value.view(len(shape.levels), shape.horizon, -1)
            middle = rows[median : median + 1]
            out[name] = (middle + factor[None, :, None] * (rows - middle)).reshape(value.shape)
    return out


def config(shape: Shape) -> dict:
    """Returns config.json: what chronos-forecasting reads, and the form that chronolight feeds."""
    return {
        "architectures": ["ChronosBoltModelForForecasting"],
        "model_type": "t5",
        "d_model": shape.d_model,
        "d_kv": shape.d_kv,
        "d_ff": shape.d_ff,
        "num_layers": shape.layers,
        "num_decoder_layers": shape.decoder_layers,
        "num_heads": shape.heads,
        "relative_attention_num_buckets": shape.buckets,
        "relative_attention_max_distance": shape.max_distance,
        "layer_norm_epsilon": shape.epsilon,
        "feed_forward_proj": "relu",
        "dense_act_fn": "relu",
        "is_gated_act": False,
        "dropout_rate": 0.0,
        "initializer_factor": 1.0,
        "is_encoder_decoder": True,
        "use_cache": True,
        "vocab_size": 2,
        "reg_token_id": 1,
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
        "torch_dtype": "float16",
        "chronos_config": {
            "context_length": shape.context,
            "input_patch_size": shape.patch,
            "input_patch_stride": shape.patch,
            "prediction_length": shape.horizon,
            "quantiles": list(shape.levels),
            "use_reg_token": True,
        },
        "chronolight": {"input": "log", "anchor": "last"},
    }


def sample_contexts(shape: Shape) -> torch.Tensor:
    """Returns random walks [64, context], some with a late start or missing days."""
    generator = torch.Generator().manual_seed(5)
    context = torch.cumsum(torch.randn(64, shape.context, generator=generator) * 0.02, 1)
    for row in range(0, 32):
        context[row, : row * shape.context // 40] = torch.nan
    context[32:48][torch.rand(16, shape.context, generator=generator) < 0.1] = torch.nan
    return context


def reference(folder: Path, context: torch.Tensor) -> torch.Tensor:
    """Returns the quantiles of chronos-forecasting in float32, before the inverse of its normalisation."""
    from chronos.chronos_bolt import ChronosBoltModelForForecasting

    model, loading = ChronosBoltModelForForecasting.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    absent = [name for name in loading["missing_keys"] if "embed_tokens" not in name]
    if absent or loading["unexpected_keys"]:
        raise ValueError(f"The reference misses {absent} and does not know {loading['unexpected_keys']}")
    with torch.no_grad():
        output = model.eval()(context=context).quantile_preds
        _, (loc, scale) = model.instance_norm(context)
    return (output - loc[:, :, None]) / scale[:, :, None]


if __name__ == "__main__":
    main()
