"""Fine-tunes the encoder on sentence → function and function → near-duplicate pairs; what comes out is a folder that `export.py` takes.

    python finetune.py SOURCE_FOLDER build/training.jsonl --out build/finetuned [--steps 2000] [--minutes 600] [--device cuda]

Contrastive: every answer in a batch is a wrong answer for all others. A batch is made of chains, each pair beside the one whose function looks most like its
answer by words (`hard`, see build-training-pairs.ts), so that the wrong answers are hard ones without costing anything. A sixteenth of the packages, by a hash of
their name, is kept out and measured as training goes on; none of them, nor any of the training packages, is in the held-out set of docs/model.md.

Resumable: the weights, the optimiser, the generator and the place in the data are written every `--save-every` steps, and a run that finds them goes on from
there. The same seed, data and versions give the same batches; sums on a GPU may differ in their last bits.
"""

import argparse
import hashlib
import json
import math
import random
import shutil
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from encoder import load_encoder, own_name
from texts import tokenizer_for

PASSAGE_TOKENS = 128
SENTENCE_TOKENS = 64
# Cosines are divided by this before the softmax, as where the source model was trained.
TEMPERATURE = 0.05
CHAIN = 8


def is_validation(package: str) -> bool:
    return hashlib.sha1(package.encode()).hexdigest()[0] in "0"


def read_pairs(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def batches_of(pairs: list[dict], wanted: list[int], size: int, seed: int) -> list[list[int]]:
    """One pass over the data: chains along `hard`, shuffled, and put together to batches in which no two answers are the same text."""
    generator = random.Random(seed)
    order = wanted[:]
    generator.shuffle(order)
    allowed, used, chains = set(wanted), set(), []
    for start in order:
        chain, at = [], start
        while at in allowed and at not in used and len(chain) < CHAIN:
            used.add(at)
            chain.append(at)
            at = pairs[at]["hard"]
        if chain:
            chains.append(chain)
    generator.shuffle(chains)
    batches, batch, texts = [], [], set()
    for at in (one for chain in chains for one in chain):
        own = {pairs[at]["code"], pairs[at]["text"]}
        if own & texts:
            continue
        batch.append(at)
        texts |= own
        if len(batch) == size:
            batches.append(batch)
            batch, texts = [], set()
    return batches


def encode(encoder, tokenizer, texts: list[str], limit: int, device: str):
    tokenizer.enable_truncation(limit)
    found = tokenizer.encode_batch(texts)
    ids = torch.tensor([one.ids for one in found], device=device)
    mask = torch.tensor([one.attention_mask for one in found], device=device)
    return encoder(ids, mask)


def vectors_of(encoder, tokenizer, batch: list[dict], device: str):
    questions = [pair["text"] for pair in batch]
    limit = PASSAGE_TOKENS if any(pair["kind"] == "clone" for pair in batch) else SENTENCE_TOKENS
    return (
        encode(encoder, tokenizer, questions, limit, device),
        encode(encoder, tokenizer, [pair["code"] for pair in batch], PASSAGE_TOKENS, device),
    )


def loss_of(questions, answers):
    scores = questions @ answers.T / TEMPERATURE
    right = torch.arange(len(scores), device=scores.device)
    return (torch.nn.functional.cross_entropy(scores, right) + torch.nn.functional.cross_entropy(scores.T, right)) / 2


@torch.no_grad()
def validate(encoder, tokenizer, pairs: list[dict], device: str) -> float:
    """MRR among the answers of the packages kept out."""
    encoder.eval()
    found = [vectors_of(encoder, tokenizer, pairs[at : at + 32], device) for at in range(0, len(pairs), 32)]
    scores = torch.cat([one for one, _ in found]) @ torch.cat([other for _, other in found]).T
    ranks = (scores >= scores.diagonal()[:, None]).sum(1)
    encoder.train()
    return float((1 / ranks).mean())


def rate_at(step: int, steps: int, peak: float) -> float:
    warm = max(1, steps // 10)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


def save_folder(encoder, source: Path, out: Path, share: float) -> None:
    """The folder of the source with other weights: `share` of the way from its own to the ones learned."""
    out.mkdir(parents=True, exist_ok=True)
    learned = encoder.state_dict()
    weights = load_file(str(source / "model.safetensors"))
    for name, tensor in weights.items():
        own = own_name(name)
        if own is not None:
            moved = tensor.float() * (1 - share) + learned[own].cpu() * share
            weights[name] = moved.to(tensor.dtype).contiguous()
    save_file(weights, str(out / "model.safetensors"), metadata={"format": "pt"})
    for name in ["config.json", "tokenizer.json"]:
        shutil.copy(source / name, out / name)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long; the schedule is that of --steps")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save-every", type=int, default=50)
    parser.add_argument("--validation", type=int, default=600, help="pairs that are measured before and after")
    parser.add_argument("--share", type=float, default=1.0, help="how far from the source weights to the learned ones")
    args = parser.parse_args()

    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    pairs = read_pairs(args.pairs)
    wanted = [at for at, pair in enumerate(pairs) if not is_validation(pair["package"])]
    kept_out = [pair for pair in pairs if is_validation(pair["package"]) and pair["kind"] == "described"]
    kept_out = kept_out[:: max(1, len(kept_out) // args.validation)][: args.validation]
    encoder = load_encoder(args.source).to(args.device).train()
    # The table of words is half the weights; few of its rows would be touched, and those would drift from the rest.
    for table in [encoder.words, encoder.positions, encoder.kinds]:
        table.weight.requires_grad_(False)
    learned = [weight for weight in encoder.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=args.rate, weight_decay=0.01)
    tokenizer = tokenizer_for(args.source, PASSAGE_TOKENS)

    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    step = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=args.device, weights_only=True)
        encoder.load_state_dict(saved["encoder"])
        optimiser.load_state_dict(saved["optimiser"])
        step = saved["step"]
        print(f"going on from step {step}", flush=True)
    else:
        print(f"{len(wanted)} pairs to learn from, {len(kept_out)} kept out: MRR {validate(encoder, tokenizer, kept_out, args.device):.4f}", flush=True)

    def save() -> None:
        state = {"encoder": encoder.state_dict(), "optimiser": optimiser.state_dict(), "step": step}
        torch.save(state, checkpoint.with_suffix(".new"))
        checkpoint.with_suffix(".new").replace(checkpoint)

    started, losses = time.monotonic(), []
    per_pass = len(batches_of(pairs, wanted, args.batch, args.seed))
    while step < args.steps and time.monotonic() - started < args.minutes * 60:
        passed, first = divmod(step, per_pass)
        for batch in batches_of(pairs, wanted, args.batch, args.seed + passed)[first:]:
            if step >= args.steps or time.monotonic() - started >= args.minutes * 60:
                break
            for group in optimiser.param_groups:
                group["lr"] = rate_at(step, args.steps, args.rate)
            loss = loss_of(*vectors_of(encoder, tokenizer, [pairs[at] for at in batch], args.device))
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            step += 1
            losses.append(loss.item())
            if step % args.save_every == 0:
                save()
                recent = sum(losses[-args.save_every :]) / len(losses[-args.save_every :])
                print(f"step {step}: loss {recent:.4f}, {time.monotonic() - started:.0f} s", flush=True)
    save()
    encoder.eval()
    print(f"step {step}: MRR of the packages kept out {validate(encoder, tokenizer, kept_out, args.device):.4f}", flush=True)
    save_folder(encoder, args.source, args.out / "model", args.share)


if __name__ == "__main__":
    main()
