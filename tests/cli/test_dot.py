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
        (["--picture", "a.svg"], "error: --picture draws what --study finds; write both"),
        (["--study", "--picture", "a.txt"], "error: 'a.txt' is not the name of a picture"),
        (["--study", "FP9"], "error: 'FP9' is not a format of the study; there are E4M3"),
        (["--study", "--file", text], "error: --study has accumulators of its own"),
        (["--file", text], f"error: '{text}' is not a file of Python, which ends in .py"),
    ):
        done = rvx("dot", *arguments)
        assert done.code == 2
        assert done.err.startswith(sentence)
