"""Makes the tiny Chronos-T5 checkpoints, the reference's tokens of every context, and its logits under forced tokens."""

import torch
from chronos import BaseChronosPipeline

from make_bolt import shapes_of as bolt_shapes
from tiny_checkpoints import edge_contexts, fill, write_checkpoint, write_goldens

VOCABULARY = 64


def config_of(*, d, ff, heads, dk, layers, decoders, act, context, horizon, eos):
    return {
        "architectures": ["T5ForConditionalGeneration"],
        "chronos_config": {
            "tokenizer_class": "MeanScaleUniformBins",
            "tokenizer_kwargs": {"low_limit": -4.0, "high_limit": 4.0},
            "n_tokens": VOCABULARY,
            "n_special_tokens": 2,
            "pad_token_id": 0,
            "eos_token_id": 1,
            "use_eos_token": eos,
            "model_type": "seq2seq",
            "context_length": context,
            "prediction_length": horizon,
            "num_samples": 20,
            "temperature": 1.0,
            "top_k": 50,
            "top_p": 1.0,
        },
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
        "vocab_size": VOCABULARY,
    }


def shapes_of(config):
    patched = {**config, "chronos_config": {"quantiles": [0.5], "prediction_length": 1, "input_patch_size": 1}}
    return {name: shape for name, shape in bolt_shapes(patched).items() if "patch_embedding" not in name}


def make(name, seed, **sizes):
    config = config_of(**sizes)
    folder = write_checkpoint(name, config, fill(shapes_of(config), seed))
    pipeline = BaseChronosPipeline.from_pretrained(str(folder), dtype=torch.float32)
    generator = torch.Generator().manual_seed(seed)
    goldens = {}
    for case, context in edge_contexts(sizes["context"], 8).items():
        ids, mask, scale = pipeline.tokenizer.context_input_transform(context[None])
        forced = torch.randint(2, VOCABULARY, (3, sizes["horizon"]), generator=generator)
        decoder_ids = torch.cat([torch.zeros(3, 1, dtype=torch.long), forced[:, :-1]], dim=1)
        with torch.no_grad():
            logits = pipeline.model.model(
                input_ids=ids.repeat(3, 1), attention_mask=mask.repeat(3, 1), decoder_input_ids=decoder_ids
            ).logits
        goldens[f"{case}/context"] = context
        goldens[f"{case}/ids"] = ids[0].float()
        goldens[f"{case}/mask"] = mask[0].float()
        goldens[f"{case}/scale"] = scale
        goldens[f"{case}/forced"] = forced.float()
        goldens[f"{case}/values"] = pipeline.tokenizer.output_transform(forced[None], scale)[0]
        if case in ("ordinary", "gaps", "all-missing"):
            goldens[f"{case}/logits"] = logits
    write_goldens(folder, goldens)


if __name__ == "__main__":
    make("t5-wide-heads", 11, d=16, ff=24, heads=3, dk=8, layers=2, decoders=2, act="relu", context=40, horizon=5, eos=True)
    make("t5-gated", 12, d=8, ff=16, heads=2, dk=4, layers=1, decoders=1, act="gated-gelu", context=24, horizon=4, eos=False)
