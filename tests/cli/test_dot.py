def test_a_table_and_a_document(rvx):
    lines = rvx("dot", "fma-bfloat16", "exact-bfloat16", "--seeds", "2", "--lengths", "4,8").out
    assert "accumulator" in lines
    assert lines.count("fma-bfloat16") == lines.count("exact-bfloat16") == 2
    document = rvx("dot", "fma-bfloat16", "--seeds", "1", "--lengths", "8", "--json").document
    assert document["schema"] == "rvx.dot/1"
    (row,) = document["rows"]
    assert (row["accumulator"], row["length"], row["sums"]) == ("fma-bfloat16", 8, 256)
    assert row["rms_ulp_half_width"] is None


def test_usage_errors(rvx, tmp_path):
    text = tmp_path / "words.txt"
    text.write_text("words\n")
    for arguments, sentence in (
        (["nope"], "error: 'nope' is not an accumulator; there are"),
        (["--data", "odd"], "error: 'odd' is not a kind of data; there are normal"),
        (["--lengths", "0"], "error: --lengths 0: write whole numbers above 0"),
        (["--picture", "a.svg"], "error: --picture draws what --study or --network finds"),
        (["--study", "--picture", "a.txt"], "error: 'a.txt' is not the name of a picture"),
        (["--study", "FP9"], "error: 'FP9' is not a format of the study; there are E4M3"),
        (["--network", "vgg"], "error: 'vgg' is not a network; there are mlp, cnn"),
        (["int8-wrap32", "--network", "mlp"], "error: int8-wrap32 adds up integers, which have no"),
        (["--study", "--network", "mlp"], "error: --study and --network are studies of their own"),
        (["--study", "--file", text], "error: --study has accumulators of its own"),
        (["--file", text], f"error: '{text}' is not a file of Python, which ends in .py"),
    ):
        done = rvx("dot", *arguments)
        assert done.code == 2
        assert done.err.startswith(sentence)


def test_accumulators_in_a_network(rvx, tmp_path):
    path = tmp_path / "narrow.py"
    path.write_text(
        "from rvx.formats.dot.accumulator import Accumulator, Exact\n"
        "from rvx.formats.minifloat.catalogue import E4M3FN, FP8\n"
        "narrow = Accumulator('narrow', E4M3FN, E4M3FN, FP8, 1, Exact(), is_fused=True)\n"
    )
    picture = tmp_path / "networks.svg"
    arguments = ["dot", "fma-float8_e4m3fn", "narrow", "--file", path, "--network", "mlp"]
    lines = rvx(*arguments, "--picture", picture).out
    assert picture.read_text().count("<svg") == 1
    document = rvx(*arguments, "--json").document
    chain, narrow = document["rows"]
    assert f"{chain['accuracy']:.1%} ±" in lines
    assert chain["changed"] == 0
    assert chain["accuracy"] == chain["accuracy_of_exact_sums"] > 0.9
    # Two digits and five bits of exponent are too few for factors that fill the range of E4M3.
    assert narrow["not_finite"] > 0
    assert narrow["accuracy"] < 0.6


def test_data_of_a_network(rvx):
    document = rvx("dot", "fma-bfloat16", "--data", "mlp,cnn", "--seeds", "2", "--json").document
    assert [row["data"] for row in document["rows"]] == ["mlp", "cnn"]
    assert all(0 < row["rms_ulp"] < 10 for row in document["rows"])
