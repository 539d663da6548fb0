"""Makes the tiny Chronos-2 checkpoints and what the reference forecasts with them, as normalised values before the sinh."""

import numpy as np
import torch
from chronos import BaseChronosPipeline

from tiny_checkpoints import edge_contexts, fill, walk, with_gaps, write_checkpoint, write_goldens

LEVELS = [0.01, 0.05, *(round(0.1 + 0.05 * i, 2) for i in range(17)), 0.95, 0.99]


def config_of(*, d, ff, heads, dk, layers, act, context, patch, outputs, levels, arcsinh=True):
    return {
        "architectures": ["Chronos2Model"],
        "chronos_config": {
            "context_length": context,
            "input_patch_size": patch,
            "input_patch_stride": patch,
            "max_output_patches": outputs,
            "output_patch_size": patch,
            "quantiles": levels,
            "time_encoding_scale": context,
            "use_arcsinh": arcsinh,
            "use_reg_token": True,
        },
        "chronos_pipeline_class": "Chronos2Pipeline",
        "d_ff": ff,
        "d_kv": dk,
        "d_model": d,
        "dropout_rate": 0.0,
        "feed_forward_proj": act,
        "initializer_factor": 0.05,
        "layer_norm_epsilon": 1e-06,
        "model_type": "t5",
        "num_heads": heads,
        "num_layers": layers,
        "pad_token_id": 0,
        "reg_token_id": 1,
        "rope_theta": 10000.0,
        "vocab_size": 2,
    }


def shapes_of(config):
    d, ff, inner = config["d_model"], config["d_ff"], config["num_heads"] * config["d_kv"]
    chronos = config["chronos_config"]
    patch = chronos["input_patch_size"]
    shapes = {"shared.weight": (2, d), "encoder.final_layer_norm.weight": (d,)}
    for block in range(config["num_layers"]):
        layer = f"encoder.block.{block}.layer"
        for part in (0, 1):
            shapes.update({f"{layer}.{part}.self_attention.{w}.weight": (inner, d) for w in "qkv"})
            shapes[f"{layer}.{part}.self_attention.o.weight"] = (d, inner)
        shapes[f"{layer}.2.mlp.wi.weight"] = (ff, d)
        shapes[f"{layer}.2.mlp.wo.weight"] = (d, ff)
        shapes.update({f"{layer}.{part}.layer_norm.weight": (d,) for part in (0, 1, 2)})
    outputs = len(chronos["quantiles"]) * patch
    for block, inputs, out in (("input", 3 * patch, d), ("output", d, outputs)):
        for part, shape in (("hidden", (ff, inputs)), ("output", (out, ff)), ("residual", (out, inputs))):
            shapes[f"{block}_patch_embedding.{part}_layer.weight"] = shape
            shapes[f"{block}_patch_embedding.{part}_layer.bias"] = (shape[0],)
    return shapes


def tiny_outputs(state):
    """Shrinks the output layer, so that a sinh of random numbers does not overflow after several blocks."""
    return {key: value * (0.2 if key.startswith("output_patch") else 1) for key, value in state.items()}


def make(name, seed, **sizes):
    config = config_of(**sizes)
    folder = write_checkpoint(name, config, tiny_outputs(fill(shapes_of(config), seed)))
    pipeline = BaseChronosPipeline.from_pretrained(str(folder), dtype=torch.float32)
    context, patch, native = sizes["context"], sizes["patch"], sizes["patch"] * sizes["outputs"]
    goldens = {}

    def single(case, series, steps):
        goldens[f"{case}/target0"] = series
        goldens[f"{case}/quantiles"] = pipeline.predict([series], prediction_length=steps)[0]

    for case, series in edge_contexts(context, patch).items():
        single(case, series, patch + 1)
    single("two-blocks", walk(context - 1, 21), native + 2)
    single("three-blocks", walk(patch + 1, 22), 2 * native + 1)

    def task(case, targets, past, future, steps, inputs=None):
        goldens.update({f"{case}/target{i}": series for i, series in enumerate(targets)})
        goldens.update({f"{case}/past.{key}": torch.as_tensor(value) for key, value in past.items()})
        goldens.update({f"{case}/future.{key}": torch.as_tensor(value) for key, value in future.items()})
        inputs = inputs or {
            "target": torch.stack(targets).numpy(),
            "past_covariates": {key: value.numpy() for key, value in past.items()},
            "future_covariates": {key: value.numpy() for key, value in future.items()},
        }
        goldens[f"{case}/quantiles"] = pipeline.predict([inputs], prediction_length=steps)[0]

    length = context - 5
    two = [walk(length, 31), with_gaps(walk(length, 32), lambda i: i % 4 == 1)]
    task("two-targets", two, {}, {}, patch)
    past = {"b": walk(length, 33, 10.0), "a": walk(length, 34, 5.0)}
    task("past-covariates", two[:1], past, {}, patch)
    known = {"a": with_gaps(walk(patch + 2, 35, 6.0), lambda i: i == 1)}
    task("known-covariates", two[:1], past, known, patch + 2)
    task("known-beyond-native", two, past, {"a": walk(native + 3, 36, 6.0)}, native + 3)

    # Categories: code 0 is "calm", 1 "storm", 2 "fog", 3 missing; "fog" is unknown to the past.
    names = np.array(["calm", "storm", "fog", None], dtype=object)
    past_codes = np.array([(i * 7) % 3 % 2 if i % 11 else 3 for i in range(length)])
    future_codes = np.array([i % 4 for i in range(patch)])
    for case, targets in (("category-one-target", two[1:]), ("category-two-targets", two)):
        inputs = {
            "target": torch.stack(targets).numpy(),
            "past_covariates": {"sky": names[past_codes]},
            "future_covariates": {"sky": names[future_codes]},
        }
        task(case, targets, {"sky": past_codes.astype(np.float32)}, {"sky": future_codes.astype(np.float32)}, patch, inputs)

    joint = [walk(context, 41), walk(patch + 3, 42), walk(context - 9, 43)]
    for i, (series, quantiles) in enumerate(zip(joint, pipeline.predict(joint, prediction_length=patch, cross_learning=True))):
        goldens[f"cross-learning-{i}/target0"] = series
        goldens[f"cross-learning-{i}/quantiles"] = quantiles
    write_goldens(folder, {key: value.float() for key, value in goldens.items()})


if __name__ == "__main__":
    make("chronos2-wide-heads", 51, d=8, ff=16, heads=3, dk=4, layers=2, act="relu", context=40, patch=4, outputs=2, levels=LEVELS)
    make("chronos2-one-head", 52, d=12, ff=16, heads=1, dk=12, layers=1, act="gelu", context=36, patch=6, outputs=1, levels=LEVELS[2:-2], arcsinh=False)
