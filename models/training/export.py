"""Writes a training run as a checkpoint folder, and what PyTorch computes with it for chronolight's parity test.

  python export.py --run run.pt --out ../default --goldens ../../test/fixtures/chronos/default
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

import simulate as sim
from model import CHANNELS, CLIP, DECAY, FLOOR, MIN_SCALE, MOST, BarBolt, Shape
from score import load_folder

# Development spans of real stocks and indices were covered a little too rarely at h = 1.
WIDER_AT_ONE_DAY = 0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--goldens", help="folder of the parity test's fixture")
    parser.add_argument("--wider", type=float, default=WIDER_AT_ONE_DAY)
    args = parser.parse_args()
    saved = torch.load(args.run, weights_only=True)
    shape, out = Shape(**saved["shape"]), Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.json").write_text(json.dumps(config(shape), indent=2) + "\n")
    final = widened(saved["ema"], shape, args.wider)
    weights = {name: value.to(torch.float16).contiguous() for name, value in final.items()}
    if not all(torch.isfinite(value).all() for value in weights.values()):
        raise ValueError("A weight leaves the range of float16")
    file = out / "model.safetensors"
    save_file(weights, file, metadata={"format": "pt"})
    model, exact = load_folder(out), BarBolt(shape).eval()
    exact.load_state_dict(final)
    bars = sample_contexts(shape)
    with torch.no_grad():
        quantiles, scale = model(bars)
        rounding = (quantiles - exact(bars)[0]).abs().max().item()
    print(f"parameters {sum(v.numel() for v in weights.values())}, bytes {file.stat().st_size}")
    print(f"sha256 {hashlib.sha256(file.read_bytes()).hexdigest()}")
    print(f"largest difference of float16 from float32 weights: {rounding:.2e} of scale")
    if args.goldens:
        Path(args.goldens).mkdir(parents=True, exist_ok=True)
        returns = (quantiles * scale[:, :, None]).sort(1).values.contiguous()
        save_file({"bars": bars, "scale": scale[:, 0].contiguous(), "quantiles": returns}, Path(args.goldens) / "goldens.safetensors")


def widened(weights: dict[str, torch.Tensor], shape: Shape, wider: float) -> dict[str, torch.Tensor]:
    """Returns the weights with every quantile of step h moved away from the median by 1 + wider / h.

    The last layers are linear, so the factor goes into their rows: [levels + 1, horizon], of which the last holds log factors.
    """
    factor = 1 + wider / torch.arange(1, shape.horizon + 1)
    levels, median = len(shape.levels), list(shape.levels).index(0.5)
    out = dict(weights)
    for name, value in weights.items():
        if name.startswith("output_patch_embedding.") and "hidden_layer" not in name:
            rows = value.view(levels + 1, shape.horizon, -1)
            middle = rows[median : median + 1]
            moved = middle + factor[None, :, None] * (rows[:levels] - middle)
            out[name] = torch.cat([moved, rows[levels:]]).reshape(value.shape)
    return out


def config(shape: Shape) -> dict:
    """Returns config.json: Chronos-Bolt's fields, and under `bars` what chronolight makes of a day, formula by formula."""
    log_channel = {"floor": FLOOR, "max": MOST}
    return {
        "architectures": ["BarBolt"],
        "model_type": "bar-bolt",
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
        "reg_token_id": 1,
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
        "bars": {
            "series": ["open", "high", "low", "close"],
            "input": "log",
            "anchor": "last",
            "scale": {
                "of": "sqrt((return^2 + night^2 + rogers_satchell) / 2)",
                "mean": "weighted by decay^age over days with a close and an earlier close",
                "decay": DECAY,
                "min": MIN_SCALE,
            },
            "channels": [
                {"name": "return", "of": "close - previous close", "unit": "scale", "clip": [-CLIP, CLIP]},
                {"name": "night", "of": "open - previous close", "unit": "scale", "clip": [-CLIP, CLIP]},
                {"name": "variance", "of": "log((night^2 + rogers_satchell) / scale^2 + floor)", **log_channel},
                {"name": "width", "of": "log((high - low)^2 / (4 log 2) / scale^2 + floor)", **log_channel},
            ],
            "patch_order": "each channel's days, then the mask's: [(channels + 1) x patch]",
            "input_patch_embedding": [(CHANNELS + 1) * shape.patch, shape.d_ff, shape.d_model],
            "output_patch_embedding": [shape.d_model, shape.d_ff, (len(shape.levels) + 1) * shape.horizon],
            "output": "rows [levels + 1, horizon]; quantile = scale * exp(clip(last row, -3, 3)) * level row, then sorted",
        },
    }


def sample_contexts(shape: Shape) -> torch.Tensor:
    """Returns eight simulated contexts [8, 4, context], four of them with a late start or missing days."""
    torch.manual_seed(7)
    bars = sim.with_gaps(*sim.simulate(256, shape.context, 2, 2, "cpu"))[0]
    holed = bars[:, 3].isnan().any(1)
    return torch.cat([bars[holed][:4], bars[~holed][:4]]).contiguous()


if __name__ == "__main__":
    main()
