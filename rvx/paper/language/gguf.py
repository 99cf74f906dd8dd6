"""GGUF files of the Llama family: metadata, tokens, and weights.

The layout is that of github.com/ggml-org/ggml, docs/gguf.md: a header, pairs of key and value, a
table of tensors, and their data, which `blocks` decodes.
"""

from __future__ import annotations

import math
import mmap
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rvx.paper.language.blocks import TYPES
from rvx.paper.language.model import Model, ModelError, Shape, Singles
from rvx.paper.language.pairs import Pairs, bytes_of
from rvx.paper.language.tokens import Scored, Tokenizer

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_MOST = 1 << 26
"""No file has as many keys, tensors or elements of an array of metadata."""
_ALIGNMENT = 32

_NUMBERS = {
    **{0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i"},
    **{6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"},
}
"""Types of metadata that are a number, as `struct` names them."""
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True)
class _Tensor:
    """What the table says of a tensor; dimensions outermost first."""

    dimensions: tuple[int, ...]
    type: int
    offset: int


class _Reader:
    """Takes values off the front of the data, and says where they end too early."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise ModelError(
                f"it ends after {len(self.data):,} bytes, and {size:,} more are needed at offset "
                f"{self.at:,}"
            )
        self.at += size
        return bytes(self.data[self.at - size : self.at])

    def number(self, kind: str) -> Any:
        return struct.unpack(kind, self.take(struct.calcsize(kind)))[0]

    def count(self, what: str) -> int:
        found: int = self.number("<Q")
        if found > _MOST:
            raise ModelError(f"it says that there are {found:,} {what}")
        return found

    def string(self) -> bytes:
        return self.take(self.count("bytes of a string"))

    def name(self) -> str:
        return self.string().decode(errors="replace")

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            inner = self.number("<I")
            count = self.count("elements of an array")
            if inner in _NUMBERS:
                dtype = np.dtype(_NUMBERS[inner])
                return np.frombuffer(self.take(count * dtype.itemsize), dtype).tolist()
            if depth:
                raise ModelError("its metadata has arrays within arrays")
            return [self.value(inner, depth + 1) for _ in range(count)]
        if kind not in _NUMBERS:
            raise ModelError(f"its metadata has a value of type {kind} at offset {self.at:,}")
        return self.number(_NUMBERS[kind])


class _Metadata:
    """The pairs of a file, asked for by key and kind."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        found = self._values.get(key, default)
        if found is None:
            raise ModelError(f"its metadata has no {key}")
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise ModelError(f"its metadata has a {key} of another kind: {str(found)[:40]}")
        return found

    def text(self, key: str, default: str = "") -> str:
        found: bytes = self.get(key, bytes, default.encode() or None)
        return found.decode(errors="replace")

    def __contains__(self, key: str) -> bool:
        return key in self._values


def read(path: Path) -> tuple[Model, Tokenizer]:
    """A model with its tokens.

    Raises:
        ModelError: the file is none, or of a kind that rvx does not run.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise ModelError(f"'{path}' is no model in GGUF: it is empty")
        try:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _read(_Reader(data))
        except ModelError as error:
            raise ModelError(f"'{path}' is no model in GGUF that rvx runs: {error}") from None


def _read(reader: _Reader) -> tuple[Model, Tokenizer]:
    if reader.take(len(MAGIC)) != MAGIC:
        raise ModelError("it does not begin with GGUF")
    version = reader.number("<I")
    if version not in _VERSIONS:
        raise ModelError(f"it is of version {version}; rvx reads 2 and 3, little end first")
    count, pairs = reader.count("tensors"), reader.count("pairs of metadata")
    values: dict[str, Any] = {}
    for _ in range(pairs):
        key = reader.name()
        values[key] = reader.value(reader.number("<I"))
    metadata = _Metadata(values)
    tensors: dict[str, _Tensor] = {}
    for _ in range(count):
        name = reader.name()
        sizes = [reader.count("elements of a tensor") for _ in range(_axes(name, reader))]
        tensors[name] = _Tensor(tuple(sizes[::-1]), reader.number("<I"), reader.number("<Q"))
    alignment = metadata.get("general.alignment", int, _ALIGNMENT)
    if not 1 <= alignment <= 1 << 16:
        raise ModelError(f"its alignment is {alignment}")
    begin = reader.at + -reader.at % alignment
    shape = _shape(metadata, tensors)
    shape.check_room()
    weights = _weights(shape, tensors, reader.data, begin)
    return Model(shape, weights), _tokenizer(metadata, shape.vocabulary)


def _axes(name: str, reader: _Reader) -> int:
    axes: int = reader.number("<I")
    if not 1 <= axes <= 4:
        raise ModelError(f"its tensor {name[:40]!r} has {axes} axes")
    return axes


def _shape(metadata: _Metadata, tensors: Mapping[str, _Tensor]) -> Shape:
    architecture = metadata.text("general.architecture")
    if architecture != "llama":
        raise ModelError(f"it is of the architecture {architecture!r}; rvx runs llama")
    scaling = metadata.text("llama.rope.scaling.type", "none")
    if scaling != "none" or "rope_freqs.weight" in tensors:
        raise ModelError("its rotary positions are scaled, which rvx does not do")
    if metadata.get("llama.expert_count", int, 0):
        raise ModelError("it is a mixture of experts, which rvx does not run")

    def size(key: str, default: int | None = None) -> int:
        found: int = metadata.get(f"llama.{key}", int, default)
        return found

    heads = size("attention.head_count")
    embedding = tensors.get("token_embd.weight")
    if embedding is None or len(embedding.dimensions) != 2:
        raise ModelError("it has no matrix token_embd.weight")
    shape = Shape(
        size("embedding_length"),
        size("feed_forward_length"),
        size("block_count"),
        heads,
        size("attention.head_count_kv", heads),
        embedding.dimensions[0],
        size("context_length"),
        metadata.get("llama.attention.layer_norm_rms_epsilon", float),
        metadata.get("llama.rope.freq_base", float, Shape.base),
    )
    for key in ("rope.dimension_count", "attention.key_length", "attention.value_length"):
        if size(key, shape.head) != shape.head:
            raise ModelError(f"its llama.{key} is {size(key)}, not the {shape.head} of a head")
    return shape


_NAMES = {
    "attention_norm": "attn_norm",
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "output": "attn_output",
    "mlp_norm": "ffn_norm",
    "gate": "ffn_gate",
    "down": "ffn_down",
    "up": "ffn_up",
}
_IN_LAYER = re.compile(r"layers\.(\d+)\.(\w+)")


def _name(ours: str) -> str:
    """What a weight is called in the file."""
    found = _IN_LAYER.fullmatch(ours)
    if found:
        return f"blk.{found[1]}.{_NAMES[found[2]]}.weight"
    whole = {"embedding": "token_embd", "norm": "output_norm", "classifier": "output"}
    return f"{whole[ours]}.weight"


def _weights(
    shape: Shape, tensors: Mapping[str, _Tensor], data: mmap.mmap | bytes, begin: int
) -> dict[str, Singles]:
    wanted = shape.dimensions()
    if _name("classifier") in tensors:
        wanted["classifier"] = wanted["embedding"]
    known = {_name(ours) for ours in wanted}
    for name in tensors:
        if name not in known:
            raise ModelError(f"it has weights {name[:60]!r}, which a model of its kind has not")
    found = {}
    for ours, dimensions in wanted.items():
        name = _name(ours)
        if name not in tensors:
            raise ModelError(f"it has no weights {name!r}")
        tensor = tensors[name]
        if tensor.dimensions != dimensions:
            raise ModelError(f"its {name} has shape {tensor.dimensions}, not {dimensions}")
        found[ours] = _decoded(name, tensor, data, begin)
    return found


def _decoded(name: str, tensor: _Tensor, data: mmap.mmap | bytes, begin: int) -> Singles:
    if tensor.type not in TYPES:
        known = ", ".join(kind.name for kind in TYPES.values())
        raise ModelError(f"its {name} is of type {tensor.type}; rvx reads {known}")
    kind = TYPES[tensor.type]
    if tensor.dimensions[-1] % kind.elements:
        raise ModelError(f"rows of its {name} are no whole blocks of {kind.elements} elements")
    size = math.prod(tensor.dimensions) // kind.elements * kind.layout.itemsize
    at = begin + tensor.offset
    if at + size > len(data):
        raise ModelError(f"it ends after {len(data):,} bytes, within its {name}")
    raw = np.frombuffer(bytes(data[at : at + size]), np.uint8)
    return kind.values(raw).reshape(tensor.dimensions)


def _tokenizer(metadata: _Metadata, vocabulary: int) -> Tokenizer:
    kind = metadata.text("tokenizer.ggml.model")
    if kind not in ("llama", "gpt2"):
        raise ModelError(
            f"its tokens are those of {kind!r}; rvx makes those of llama (SentencePiece) and gpt2"
        )
    pieces = _strings(metadata, "tokens")
    if len(pieces) != vocabulary:
        raise ModelError(f"it has {len(pieces):,} tokens and {vocabulary:,} rows of their weights")
    return (_scored if kind == "llama" else _pairs)(metadata, pieces)


def _strings(metadata: _Metadata, name: str) -> list[bytes]:
    found: list[bytes] = metadata.get(f"tokenizer.ggml.{name}", list)
    if not all(isinstance(one, bytes) for one in found):
        raise ModelError(f"its tokenizer.ggml.{name} are no strings")
    return found


def _scored(metadata: _Metadata, pieces: Sequence[bytes]) -> Tokenizer:
    scores = metadata.get("tokenizer.ggml.scores", list)
    if len(pieces) != len(scores):
        raise ModelError(f"it has {len(pieces):,} tokens with {len(scores):,} scores")
    if not all(isinstance(score, float) and math.isfinite(score) for score in scores):
        raise ModelError("its tokens have scores that are no numbers")
    space = "▁".encode()
    return Scored(
        [piece.replace(space, b" ") for piece in pieces],
        scores,
        metadata.get("tokenizer.ggml.bos_token_id", int, 1),
        metadata.get("tokenizer.ggml.eos_token_id", int, 2),
        metadata.get("tokenizer.ggml.add_space_prefix", bool, True),
    )


_OF_TEXT = 1
"""The type of tokens that text becomes; others are a model's own."""


def _pairs(metadata: _Metadata, pieces: Sequence[bytes]) -> Tokenizer:
    types = metadata.get("tokenizer.ggml.token_type", list, [_OF_TEXT] * len(pieces))
    if len(pieces) != len(types):
        raise ModelError(f"it has {len(pieces):,} tokens with {len(types):,} types")
    texts = [token for token, kind in enumerate(types) if kind == _OF_TEXT]
    found = list(pieces)
    for token in texts:
        found[token] = bytes_of(pieces[token].decode(errors="replace"))
    pairs = []
    for line in _strings(metadata, "merges"):
        left, space, right = line.decode(errors="replace").partition(" ")
        if not (left and space and right):
            raise ModelError(f"{line[:40]!r} among its merges is no pair")
        pairs.append((bytes_of(left), bytes_of(right)))
    end = metadata.get("tokenizer.ggml.eos_token_id", int)
    # Such models need no token to begin with, but the first of a text is foretold from one.
    begin = metadata.get("tokenizer.ggml.bos_token_id", int, end)
    cuts = metadata.text("tokenizer.ggml.pre")
    return Pairs(found, pairs, begin, end, cuts, texts)
