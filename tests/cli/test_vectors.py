import pytest


def test_vectors_go_to_stdout_or_to_a_file(rvx, tmp_path):
    done = rvx("isa", "vectors", "padd.s", "-n", 20, "--hard")
    assert done.code == 0
    head, *lines = done.out.splitlines()
    assert head == "rs1,rs2,rd_out"
    assert len(lines) == 20
    to = tmp_path / "vectors.hex"
    done = rvx("isa", "vectors", "padd.s", "-n", 20, "--hard", "--format", "hex", "-o", to)
    assert (done.code, done.err) == (0, f"wrote 20 vectors to {to}\n")
    assert [line.split() for line in to.read_text().splitlines()] == [
        [part.removeprefix("0x") for part in line.split(",")] for line in lines
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["padd"], "there is no instruction 'padd'"),
        (["lw"], "'lw' depends on memory"),
        (["padd.s", "--format", "json"], "--format json: there are csv, hex, readmemh"),
        (["padd.s", "-n", "0"], "0 is not in the range"),
    ],
)
def test_what_cannot_be_written(rvx, words, said):
    done = rvx("isa", "vectors", *words)
    assert done.code == 2
    assert said in done.err
