"""Makes the models of the tests: a table of 64 words with 16 numbers each, and one whose output is no number.

python tiny.py FOLDER
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + "query loop order user find await for each of select from where id list".split()
WIDTH = 16


def graph(divide_by_zero: bool) -> onnx.ModelProto:
    table = numpy.random.default_rng(7).normal(size=(64, WIDTH)).astype(numpy.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["hidden"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["hidden", "column"], ["seen"]),
        helper.make_node("ReduceSum", ["seen", "middle"], ["sum"], keepdims=0),
    ]
    if divide_by_zero:
        nodes += [helper.make_node("Sub", ["sum", "sum"], ["zero"]), helper.make_node("Div", ["zero", "zero"], ["out"])]
    else:
        nodes.append(helper.make_node("Identity", ["sum"], ["out"]))
    made = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", WIDTH])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(numpy.array([-1], numpy.int64), "last"),
            numpy_helper.from_array(numpy.array([1], numpy.int64), "middle"),
        ],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def tokenizer() -> dict:
    special = [
        {"id": i, "content": word, "special": True, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for i, word in enumerate(WORDS[:4])
    ]
    pair = {"sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", **pair},
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": {word: i for i, word in enumerate(WORDS)},
        },
    }


def main() -> None:
    for name, broken in (("tiny", False), ("nan", True)):
        folder = Path(sys.argv[1]) / name
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(graph(broken), folder / "model.onnx")
        (folder / "tokenizer.json").write_text(json.dumps(tokenizer()) + "\n")
        sums = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in ("model.onnx", "tokenizer.json")}
        files = {"cpu": "model.onnx", "gpu": "model.onnx", "tokenizer": "tokenizer.json"}
        manifest = {"name": name, "dimensions": WIDTH, "maxTokens": 32, "pooling": "mean", "files": files, "sha256": sums}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()
