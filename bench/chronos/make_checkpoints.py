"""Writes random-weight checkpoints of the published sizes: venv/bin/python make_checkpoints.py FOLDER (requirements: test/parity/chronos)."""

import json
import sys
from pathlib import Path

import torch
from chronos.chronos_bolt import ChronosBoltModelForForecasting
from transformers import T5Config, T5ForConditionalGeneration

# name: d_model, d_ff, layers, heads (d_kv is 64), as published for amazon/chronos-bolt-* and amazon/chronos-t5-*
SIZES = {"tiny": (256, 1024, 4, 4), "mini": (384, 1536, 4, 8), "small": (512, 2048, 6, 8), "base": (768, 3072, 12, 12)}
T5 = dict(d_kv=64, feed_forward_proj="relu", initializer_factor=0.05, is_encoder_decoder=True, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0)
BOLT = dict(context_length=2048, input_patch_size=16, input_patch_stride=16, prediction_length=64, quantiles=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], use_reg_token=True)
SAMPLING = dict(
    tokenizer_class="MeanScaleUniformBins", tokenizer_kwargs={"low_limit": -15.0, "high_limit": 15.0}, n_tokens=4096, n_special_tokens=2,
    pad_token_id=0, eos_token_id=1, use_eos_token=True, model_type="seq2seq", context_length=512, prediction_length=64, num_samples=20,
    temperature=1.0, top_k=50, top_p=1.0,
)


def save(folder, model, extra):
    model.save_pretrained(folder)
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **extra}))


if __name__ == "__main__":
    root = Path(sys.argv[1])
    torch.manual_seed(1)
    for name, (d, ff, layers, heads) in SIZES.items():
        sizes = dict(d_model=d, d_ff=ff, num_layers=layers, num_decoder_layers=layers, num_heads=heads)
        config = T5Config(**T5, **sizes, vocab_size=2, chronos_config=BOLT)
        extra = {"architectures": ["ChronosBoltModelForForecasting"], "chronos_pipeline_class": "ChronosBoltPipeline"}
        save(root / f"bolt-{name}", ChronosBoltModelForForecasting(config), extra)
        if name == "tiny":
            config = T5Config(**T5, **sizes, vocab_size=4096, chronos_config=SAMPLING)
            save(root / "t5-tiny", T5ForConditionalGeneration(config), {"architectures": ["T5ForConditionalGeneration"]})
