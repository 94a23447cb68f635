"""all-MiniLM-L6-v2 as a PyTorch module: a BERT encoder, the mean over its tokens, and a vector of length one.

Written out instead of taken from a library of models, so that the recipe needs nothing but the weights and PyTorch.
"""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn


class Layer(nn.Module):
    def __init__(self, width: int, inner: int, heads: int, epsilon: float):
        super().__init__()
        self.heads = heads
        self.scale = 1.0 / math.sqrt(width // heads)
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=epsilon)
        self.widen = nn.Linear(width, inner)
        self.narrow = nn.Linear(inner, width)
        self.out_norm = nn.LayerNorm(width, eps=epsilon)

    def forward(self, hidden, mask):
        batch, length, width = hidden.shape
        size = width // self.heads

        def split(projected):
            return projected.view(batch, length, self.heads, size).transpose(1, 2)

        scores = split(self.query(hidden)) @ split(self.key(hidden)).transpose(-1, -2) * self.scale
        mixed = torch.softmax(scores + mask, dim=-1) @ split(self.value(hidden))
        mixed = mixed.transpose(1, 2).reshape(batch, length, width)
        hidden = self.attended_norm(self.attended(mixed) + hidden)
        return self.out_norm(self.narrow(nn.functional.gelu(self.widen(hidden))) + hidden)


class Encoder(nn.Module):
    """(input_ids, attention_mask) of [batch, tokens] → [batch, 384], of length one."""

    def __init__(self, config: dict):
        super().__init__()
        width, epsilon = config["hidden_size"], config["layer_norm_eps"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.positions = nn.Embedding(config["max_position_embeddings"], width)
        self.kinds = nn.Embedding(config["type_vocab_size"], width)
        self.norm = nn.LayerNorm(width, eps=epsilon)
        self.layers = nn.ModuleList(
            Layer(width, config["intermediate_size"], config["num_attention_heads"], epsilon)
            for _ in range(config["num_hidden_layers"])
        )

    def forward(self, input_ids, attention_mask):
        positions = torch.arange(input_ids.shape[1], device=input_ids.device).unsqueeze(0)
        # There is one text, never a pair: the kind of every token is 0.
        hidden = self.norm(self.words(input_ids) + self.positions(positions) + self.kinds.weight[0])
        visible = attention_mask.to(hidden.dtype)
        mask = (1.0 - visible)[:, None, None, :] * -10000.0
        for layer in self.layers:
            hidden = layer(hidden, mask)
        weights = visible.unsqueeze(-1)
        mean = (hidden * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return mean / mean.norm(dim=1, keepdim=True).clamp(min=1e-12)


PARTS = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "attended",
    "attention.output.LayerNorm": "attended_norm",
    "intermediate.dense": "widen",
    "output.dense": "narrow",
    "output.LayerNorm": "out_norm",
}

EMBEDDINGS = {
    "word_embeddings": "words",
    "position_embeddings": "positions",
    "token_type_embeddings": "kinds",
    "LayerNorm": "norm",
}


def own_name(name: str) -> str | None:
    """Name of a weight here, by its name in the file; None for what an embedding has no use for."""
    name = name.removeprefix("bert.")
    area, _, rest = name.partition(".")
    part, _, kind = rest.rpartition(".")
    if area == "embeddings" and part in EMBEDDINGS:
        return f"{EMBEDDINGS[part]}.{kind}"
    if area == "encoder":
        _, index, inside = part.split(".", 2)
        return f"layers.{index}.{PARTS[inside]}.{kind}"
    return None


def load_encoder(folder: Path) -> Encoder:
    config = json.loads((folder / "config.json").read_text())
    encoder = Encoder(config)
    weights = load_file(str(folder / "model.safetensors"))
    named = {own_name(name): tensor.float() for name, tensor in weights.items()}
    named.pop(None, None)
    encoder.load_state_dict(named, strict=True)
    return encoder.eval()
