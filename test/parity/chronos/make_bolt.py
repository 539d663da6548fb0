"""Makes the tiny Chronos-Bolt checkpoints and what the reference forecasts with them.

python -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python make_bolt.py
"""

import torch
from chronos import BaseChronosPipeline

from tiny_checkpoints import edge_contexts, fill, walk, write_checkpoint, write_goldens

NINE = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
THIRTEEN = [0.01, 0.05, *NINE, 0.95, 0.99]


def config_of(*, d, ff, heads, dk, layers, decoders, act, reg, context, horizon, patch, levels, extra=None):
    return {
        "architectures": ["ChronosBoltModelForForecasting"],
        "chronos_config": {
            "context_length": context,
            "input_patch_size": patch,
            "input_patch_stride": patch,
            "prediction_length": horizon,
            "quantiles": levels,
            "use_reg_token": reg,
        },
        "chronos_pipeline_class": "ChronosBoltPipeline",
        "d_ff": ff,
        "d_kv": dk,
        "d_model": d,
        "decoder_start_token_id": 0,
        "dropout_rate": 0.0,
        "eos_token_id": 1,
        "feed_forward_proj": act,
        "initializer_factor": 0.05,
        "is_encoder_decoder": True,
        "layer_norm_epsilon": 1e-06,
        "model_type": "t5",
        "num_decoder_layers": decoders,
        "num_heads": heads,
        "num_layers": layers,
        "pad_token_id": 0,
        "relative_attention_max_distance": 128,
        "relative_attention_num_buckets": 32,
        "use_cache": True,
        "vocab_size": 2 if reg else 1,
        **(extra or {}),
    }


def shapes_of(config):
    d, ff, inner = config["d_model"], config["d_ff"], config["num_heads"] * config["d_kv"]
    chronos = config["chronos_config"]
    shapes = {"shared.weight": (config["vocab_size"], d)}

    def attention(prefix):
        shapes.update({f"{prefix}.{w}.weight": (inner, d) for w in "qkv"})
        shapes[f"{prefix}.o.weight"] = (d, inner)

    def feed_forward(prefix):
        wide = ["wi_0", "wi_1"] if config["feed_forward_proj"].startswith("gated-") else ["wi"]
        shapes.update({f"{prefix}.DenseReluDense.{w}.weight": (ff, d) for w in wide})
        shapes[f"{prefix}.DenseReluDense.wo.weight"] = (d, ff)
        shapes[f"{prefix}.layer_norm.weight"] = (d,)

    for stack, blocks in (("encoder", config["num_layers"]), ("decoder", config["num_decoder_layers"])):
        for i in range(blocks):
            layer = f"{stack}.block.{i}.layer"
            attention(f"{layer}.0.SelfAttention")
            shapes[f"{layer}.0.layer_norm.weight"] = (d,)
            if stack == "decoder":
                attention(f"{layer}.1.EncDecAttention")
                shapes[f"{layer}.1.layer_norm.weight"] = (d,)
            feed_forward(f"{layer}.{2 if stack == 'decoder' else 1}")
        shapes[f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"] = (32, config["num_heads"])
        shapes[f"{stack}.final_layer_norm.weight"] = (d,)
    outputs = len(chronos["quantiles"]) * chronos["prediction_length"]
    for block, inputs, out in (("input", 2 * chronos["input_patch_size"], d), ("output", d, outputs)):
        for part, shape in (("hidden", (ff, inputs)), ("output", (out, ff)), ("residual", (out, inputs))):
            shapes[f"{block}_patch_embedding.{part}_layer.weight"] = shape
            shapes[f"{block}_patch_embedding.{part}_layer.bias"] = (shape[0],)
    return shapes


def predict(folder, contexts):
    """The reference's quantiles [levels, horizon] of each (context, horizon), each alone."""
    pipeline = BaseChronosPipeline.from_pretrained(str(folder), dtype=torch.float32)
    return {name: pipeline.predict([context], prediction_length=steps)[0] for name, (context, steps) in contexts.items()}


def make(name, seed, dtype=torch.float32, **sizes):
    config = config_of(**sizes)
    folder = write_checkpoint(name, config, fill(shapes_of(config), seed), dtype)
    context, horizon, patch = sizes["context"], sizes["horizon"], sizes["patch"]
    contexts = {case: (series, horizon) for case, series in edge_contexts(context, patch).items()}
    contexts["two-blocks"] = (walk(context - 1, 21), horizon + 2)
    contexts["three-blocks"] = (walk(2 * patch + 1, 22), 2 * horizon + 1)
    goldens = {}
    for case, quantiles in predict(folder, contexts).items():
        goldens[f"{case}/context"] = contexts[case][0]
        goldens[f"{case}/quantiles"] = quantiles
    write_goldens(folder, goldens)


def make_log_last(name, seed):
    """input log, anchor last: the reference sees logarithms, its location is replaced by the last observed value."""
    config = config_of(d=8, ff=16, heads=1, dk=8, layers=1, decoders=1, act="gated-silu", reg=True, context=48, horizon=6, patch=8,
                       levels=THIRTEEN, extra={"chronolight": {"input": "log", "anchor": "last"}})
    folder = write_checkpoint(name, config, fill(shapes_of(config), seed), torch.bfloat16)
    contexts = {"ordinary": walk(45, 31, start=30.0).abs() + 1, "short": walk(9, 32, start=10.0).abs() + 1}
    contexts["gap-at-end"] = contexts["ordinary"].clone()
    contexts["gap-at-end"][-2:] = torch.nan
    logs = {case: (series.double().log().float(), 6) for case, series in contexts.items()}
    goldens = {}
    for case, quantiles in predict(folder, logs).items():
        series = logs[case][0].double()
        observed = series[~series.isnan()]
        goldens[f"{case}/context"] = contexts[case]
        goldens[f"{case}/quantiles"] = (quantiles.double() - observed.mean() + observed[-1]).float()
    write_goldens(folder, goldens)


if __name__ == "__main__":
    make("bolt-wide-heads", 1, d=8, ff=16, heads=4, dk=4, layers=2, decoders=2, act="relu", reg=True, context=48, horizon=6, patch=8, levels=NINE)
    make("bolt-gated-f16", 2, torch.float16, d=12, ff=16, heads=3, dk=4, layers=1, decoders=2, act="gated-gelu", reg=False, context=40, horizon=4, patch=4, levels=THIRTEEN)
    make_log_last("bolt-log-last-bf16", 3)
