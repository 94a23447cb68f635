"""Real code to measure agreement on: functions and files of this repository, by content, not by chance."""

from pathlib import Path

from tokenizers import Tokenizer

LINES = 30


def code_samples(repository: Path, limit: int = 400) -> list[str]:
    samples = []
    for file in sorted((repository / "server" / "src").rglob("*.ts")):
        lines = file.read_text().splitlines()
        samples += ["\n".join(lines[at : at + LINES]) for at in range(0, len(lines), LINES)]
    samples = [sample for sample in samples if len(sample) > 200]
    step = max(1, len(samples) // limit)
    return samples[::step][:limit]


def tokenizer_for(folder: Path, max_tokens: int) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens)
    tokenizer.enable_padding()
    return tokenizer
