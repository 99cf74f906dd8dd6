"""Files written by the package of the format's authors, and damaged ones."""

import random

import gguf as theirs
import numpy as np
import pytest

from rvx.paper.language import gguf
from rvx.paper.language.model import ModelError, Shape

from .conftest import random_model

SHAPE = Shape(32, 64, 2, 4, 2, 9, 48, 1e-6, 20000.0)
TYPES = {
    "F32": theirs.GGMLQuantizationType.F32,
    "F16": theirs.GGMLQuantizationType.F16,
    "BF16": theirs.GGMLQuantizationType.BF16,
    "Q8_0": theirs.GGMLQuantizationType.Q8_0,
    "Q4_0": theirs.GGMLQuantizationType.Q4_0,
}
PIECES = ["<unk>", "<s>", "</s>", "▁", "▁a", "a", "b", "ab", "<0x0A>"]


def scored(writer):
    """Tokens of SentencePiece."""
    writer.add_tokenizer_model("llama")
    writer.add_token_list(PIECES)
    writer.add_token_scores([float(-i) for i in range(len(PIECES))])
    writer.add_token_types([1] * len(PIECES))
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def paired(writer):
    """Tokens of pairs of bytes: Ġ is a space, and Ċ the end of a line."""
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(["a", "b", "Ġ", "Ċ", "é", "ab", "Ġab", "1", "<|end of text|>"])
    writer.add_token_types([1] * 8 + [3])
    writer.add_token_merges(["a b", "Ġ ab"])
    writer.add_eos_token_id(8)


def written(path, kind="F32", model=None, change=lambda writer: None, tokens=scored):
    """A file of a random model, its matrices in some type; gives what they are rounded to."""
    model = model or random_model(SHAPE, has_classifier=True)
    shape, values = model.shape, {}
    writer = theirs.GGUFWriter(path, "llama")
    writer.add_context_length(shape.length)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_rope_freq_base(shape.base)
    writer.add_rope_dimension_count(shape.head)
    tokens(writer)
    change(writer)
    for name, weight in model.weights.items():
        if weight.ndim == 1:
            values[name] = weight
            writer.add_tensor(gguf._name(name), weight)
        else:
            data = theirs.quants.quantize(weight, TYPES[kind])
            values[name] = theirs.quants.dequantize(data, TYPES[kind]).reshape(weight.shape)
            writer.add_tensor(gguf._name(name), data, raw_dtype=TYPES[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return values


@pytest.mark.parametrize("kind", TYPES)
def test_files_of_the_package(tmp_path, kind):
    path = tmp_path / "model.gguf"
    values = written(path, kind)
    model, tokenizer = gguf.read(path)
    assert (model.shape.epsilon, model.shape.base) == (pytest.approx(1e-6), 20000.0)
    assert model.shape.dimensions() == SHAPE.dimensions()
    assert model.weights.keys() == values.keys()
    for name, value in values.items():
        assert np.array_equal(model.weights[name], value), name
    assert tokenizer.pieces[3:5] == [b" ", b" a"]
    assert tokenizer.scores[4] == -4.0
    assert tokenizer.encode("ab\n") == [4, 6, 8]


@pytest.mark.parametrize("kind", [10, 15])
def test_weights_that_are_no_whole_blocks(tmp_path, kind):
    """The rows of the file have 32 elements, and blocks of these types 256."""
    path = tmp_path / "model.gguf"
    written(path, "Q8_0")
    data = bytearray(path.read_bytes())
    at = data.index(b"blk.0.ffn_up.weight") + len("blk.0.ffn_up.weight") + 4 + 16
    data[at] = kind
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"rows of its blk.0.ffn_up.weight are no whole blocks"):
        gguf.read(path)


def test_tokens_of_pairs(tmp_path):
    path = tmp_path / "model.gguf"
    written(path, tokens=paired)
    _, tokenizer = gguf.read(path)
    assert tokenizer.encode("ab abb 11\n") == [5, 6, 1, 2, 7, 7, 3]
    assert tokenizer.pieces[4] == b"\xe9"  # a character stands for a byte, here one of two of é
    assert (tokenizer.begin, tokenizer.end) == (8, 8)
    assert tokenizer.decode([6, 3, 8]) == " ab\n<|end of text|>"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"smollm", b"viking", "'viking'; rvx cuts text as gpt-2, llama-bpe, smollm"),
        (b"tokenizer.ggml.pre", b"tokenizer.ggml.pra", "its metadata has no tokenizer.ggml.pre"),
        (b"tokenizer.ggml.merges", b"tokenizer.ggml.merged", "has no tokenizer.ggml.merges"),
        (b"a b", b"a_b", "b'a_b' among its merges is no pair"),
        (b"a b", b"b a", "b'b' and b'a' are joined to what is no token"),
        ("é".encode(), "—".encode()[:2], "in '.*' stands for no byte"),
        (b"gpt2", b"bert", "those of 'bert'; rvx makes those of llama .SentencePiece. and gpt2"),
        (b"tokenizer.ggml.eos_t", b"tokenizer.ggml.eof_t", "has no tokenizer.ggml.eos_token_id"),
    ],
)
def test_tokens_that_are_not_made(tmp_path, old, new, sentence):
    path = tmp_path / "model.gguf"
    written(path, tokens=paired)
    data = path.read_bytes()
    assert data.count(old) >= 1
    path.write_bytes(data.replace(old, new))
    with pytest.raises(ModelError, match=f"model.gguf' is no model in GGUF that.*{sentence}"):
        gguf.read(path)


def test_names_are_those_of_the_package():
    known = theirs.get_tensor_name_map(theirs.MODEL_ARCH.LLAMA, SHAPE.layers)
    in_files = {f"{name}.weight" for _, name in known.mapping.values()}
    wanted = {gguf._name(name) for name in [*SHAPE.dimensions(), "classifier"]}
    assert wanted <= in_files
    assert len(wanted) == len(SHAPE.dimensions()) + 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda w: w.add_rope_scaling_type(theirs.RopeScalingType.LINEAR),
            "its rotary positions are scaled",
        ),
        (lambda w: w.add_expert_count(8), "it is a mixture of experts"),
        (lambda w: w.add_tensor("blk.0.attn_q.bias", np.zeros(32, "f4")), "attn_q.bias'"),
        (lambda w: w.add_tensor("rope_freqs.weight", np.ones(4, "f4")), "positions are scaled"),
        (lambda w: w.add_key_length(64), "its llama.attention.key_length is 64, not the 8"),
    ],
)
def test_models_of_other_kinds(tmp_path, change, sentence):
    path = tmp_path / "model.gguf"
    written(path, change=change)
    with pytest.raises(ModelError, match=f"model.gguf' is no model in GGUF that.*{sentence}"):
        gguf.read(path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"GGUF", b"GGUG", "it does not begin with GGUF"),
        (b"GGUF\3\0\0\0", b"GGUF\0\0\0\3", "it is of version 50331648"),
        (b"\5\0\0\0\0\0\0\0llama", b"\5\0\0\0\0\0\0\0qwen2", "it is of the architecture 'qwen2'"),
        (b"llama.block_count", b"llama.block_corps", "its metadata has no llama.block_count"),
        (b"tokenizer.ggml.scores", b"tokenizer.ggml.stores", "has no tokenizer.ggml.scores"),
        (b"blk.1.ffn_up", b"blk.1.ffn_ap", "it has weights 'blk.1.ffn_ap.weight'"),
        (b"attn_output.w", b"attn_routed.w", "it has weights 'blk.0.attn_routed.weight'"),
        (b"token_embd.weight", b"token_ombd.weight", "it has no matrix token_embd.weight"),
    ],
)
def test_changed_names(tmp_path, old, new, sentence):
    path = tmp_path / "model.gguf"
    written(path)
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    with pytest.raises(ModelError, match=sentence):
        gguf.read(path)


def test_a_type_of_weights_that_is_not_read(tmp_path):
    path = tmp_path / "model.gguf"
    written(path, "Q8_0")
    data = bytearray(path.read_bytes())
    at = data.index(b"blk.0.ffn_up.weight") + len("blk.0.ffn_up.weight") + 4 + 16
    assert data[at] == 8
    data[at] = 16
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"of type 16; rvx reads F32, F16, Q4_0, .*Q6_K, Q8_K"):
        gguf.read(path)


def test_damaged_files_give_a_sentence(tmp_path):
    """Bytes of the header, the metadata and the table changed, and files that end too early."""
    path = tmp_path / "model.gguf"
    written(path, "Q4_0")
    data, rng = path.read_bytes(), random.Random(5)
    end = data.index(b"blk.1.ffn_up") + 80
    said, sentences = 0, set()
    for number in range(200):
        changed = bytearray(data)
        if number % 4 == 0:
            del changed[rng.randrange(len(data)) :]
        else:
            for _ in range(rng.randrange(1, 4)):
                changed[rng.randrange(end)] = rng.choice((0, 1, 7, 127, 255, rng.randrange(256)))
        path.write_bytes(changed)
        try:
            gguf.read(path)
        except ModelError as error:
            said += 1
            sentences.add("model.gguf' is no model in GGUF" in str(error))
    assert said > 100
    assert sentences == {True}
