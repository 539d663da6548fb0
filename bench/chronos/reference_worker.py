"""chronos-forecasting behind a pipe: a JSON command a line in, one JSON answer a line out. Started by bench.ts."""

import json
import resource
import sys
import time
import warnings

import torch
from chronos import BaseChronosPipeline

warnings.filterwarnings("ignore")
pipeline = None


def contexts(batch, length):
    i = torch.arange(length, dtype=torch.float64)
    return [(100 + 20 * torch.sin(i / 7 + k) + 0.1 * i).float() for k in range(batch)]


def answer(command):
    global pipeline
    torch.set_num_threads(command.get("threads", 1))
    wall, cpu = time.perf_counter(), time.process_time()
    if command["do"] == "load":
        pipeline = BaseChronosPipeline.from_pretrained(command["folder"], dtype=torch.float32)
    else:
        extra = {"num_samples": command["samples"]} if command["samples"] else {}
        pipeline.predict(contexts(command["batch"], command["length"]), prediction_length=command["horizon"], **extra)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"wall": 1e3 * (time.perf_counter() - wall), "cpu": 1e3 * (time.process_time() - cpu), "peak": peak}


print(json.dumps({"ready": torch.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
