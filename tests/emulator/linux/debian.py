"""Large programs from source packages of Debian, built for RV64; nothing of them is kept here.

The packages come by way of apt-get, with a list of sources of its own, so that nothing of the
machine's changes. Their licences are those of their authors.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

_SOURCES = (
    "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
    "http://deb.debian.org/debian bookworm main\n"
)
CC = "riscv64-linux-gnu-gcc -O2 -w -static"


@dataclass(frozen=True)
class Recipe:
    """How the programs of a package are built.

    Attributes:
        package: the source package.
        build: what a shell does in the folder of its sources; `$OUT` is where programs go.
    """

    package: str
    build: str


@dataclass(frozen=True)
class Case:
    """A run of a program, in a folder of its own.

    Attributes:
        program: its name.
        arguments: of the program.
        stdin: what it reads.
        files: what is in the folder at first.
    """

    program: str
    arguments: tuple[str, ...] = ()
    stdin: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)


_ZLIB = """
    adler32.c compress.c crc32.c deflate.c gzclose.c gzlib.c gzread.c gzwrite.c infback.c inffast.c
    inflate.c inftrees.c trees.c uncompr.c zutil.c
"""
_BZIP2 = "bzip2 blocksort huffman crctable randtable compress decompress bzlib"
_APPLETS = """
    STATIC LONG_OPTS AWK BASE64 BC BZIP2 CAL CAT CHMOD CKSUM CMP COMM CP CUT DC DD DIFF DU ECHO ED
    ENV EXPAND EXPR FACTOR FEATURE_AWK_LIBM FEATURE_DIFF_DIR FEATURE_FIND_PRINT0 FEATURE_FIND_TYPE
    FEATURE_GZIP_DECOMPRESS FEATURE_LS_FILETYPES FEATURE_LS_SORTFILES FEATURE_READLINK_FOLLOW
    FEATURE_SEAMLESS_GZ FEATURE_SORT_BIG FEATURE_TAR_CREATE FIND FOLD GREP GZIP HEAD HEXDUMP LN LS
    MD5SUM MKDIR MV NL OD PASTE PRINTF READLINK REALPATH REV RM RMDIR SED SEQ SHA256SUM SHA512SUM
    SORT SPLIT STRINGS SUM TAC TAIL TAR TEE TEST TOUCH TR TRUNCATE TSORT UNIQ UUENCODE WC XXD
"""
RECIPES = (
    Recipe(
        "lua5.4",
        f"""
        cd src
        echo '#define DEB_HOST_MULTIARCH "riscv64-linux-gnu"' > lua5.4-deb-multiarch.h
        {CC} -DLUA_COMPAT_5_3 -DLUA_USE_POSIX $(ls l*.c | grep -v luac.c) -o $OUT/lua -lm
        """,
    ),
    Recipe(
        "zlib",
        f"""
        for program in example minigzip; do
            {CC} -DHAVE_UNISTD_H -I. test/$program.c {" ".join(_ZLIB.split())} -o $OUT/$program
        done
        """,
    ),
    Recipe("bzip2", f"{CC} {' '.join(one + '.c' for one in _BZIP2.split())} -o $OUT/bzip2"),
    Recipe(
        "tcc",
        f"""
        echo '#define TCC_VERSION "0.9.27"' > config.h
        echo '#define CONFIG_TCC_STATIC 1' >> config.h
        {CC} -DTCC_TARGET_RISCV64 -DONE_SOURCE=1 -I. tcc.c -o $OUT/tcc -lm -ldl
        """,
    ),
    Recipe(
        "sqlite3",
        f"""
        ./configure --disable-tcl
        make sqlite3.c shell.c
        {CC} -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION -I. \
            shell.c sqlite3.c -o $OUT/sqlite3 -lm
        """,
    ),
    Recipe(
        "busybox",
        f"""
        make allnoconfig
        for name in {" ".join(_APPLETS.split())}; do
            sed -i "s/^# CONFIG_$name is not set/CONFIG_$name=y/" .config
        done
        yes "" | make oldconfig > /dev/null
        make CROSS_COMPILE=riscv64-linux-gnu- SKIP_STRIP=y busybox
        cp busybox $OUT
        """,
    ),
)

_LUA = rb"""
local t = {} for i = 1, 20000 do t[i] = (i * 7919) % 10007 end table.sort(t)
local s = 0 for _, v in ipairs(t) do s = (s * 31 + v) % 1000000007 end print(s)
print(string.format("%q %5.2f %x %s", "hi\n\0x", math.pi, 255, tostring(1e100)))
print(("hello world"):gsub("o", "0"), select("#", 1, 2, 3), ("k=v, a=b"):match("(%w+)=(%w+)$"))
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) print(co(), co())
print(select(2, pcall(error, {code = 1})).code, os.time{year = 2000, month = 1, day = 1})
for line in io.lines() do io.write(line:reverse(), "\n") end
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end print(fib(22))
print(#arg, arg[1], 2^53 | 0, -7 // 2, 7 % -3, 1 << 62, "10" + 5, math.type(3.0), load("return 1+"))
local f = assert(io.open("new.txt", "w")) f:setvbuf("full") for i = 1, 999 do f:write(i, " ") end
f:seek("set", 5) f:write("#") f:close() print(io.open("new.txt"):read("a"):sub(1, 40))
print(os.rename("new.txt", "old.txt"), os.remove("nothing")) io.stderr:write("said\n") os.exit(3)
"""
_SQL = b"""
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)
    insert into t select i, 'row' || i, i * 1.5 from n;
create index ib on t(b);
select count(*), sum(c), avg(c), group_concat(b) from t where b like 'row19%';
update t set c = c * 2 where a % 3 = 0; delete from t where a > 1200; vacuum;
select b, c from t order by c desc limit 5;
.mode column
.headers on
select a % 7 as k, count(*), max(c) from t group by k having k < 4;
select date('2020-01-01', '+40 days'), printf('%08.3f|%s|%x', 3.14159, 'x', 255),
    json_extract('{"a":[1,2,{"b":3}]}', '$.a[2].b'), upper('abc'), round(2.567, 1);
begin; insert into t values (5000, 'gone', 0); rollback; pragma integrity_check;
explain query plan select * from t where b = 'row7';
select * from nowhere;
"""
_C = b"""
#define SQUARE(x) ((x) * (x))
struct pair { int a[3]; long b; double c; };
static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static double mix(float f, double d, unsigned char c) { return f * 2.5 + d / 3 - SQUARE(c); }
struct pair make(int x) { struct pair r = {{x, x + 1, x << 2}, x * 3L, x / 7.0}; return r; }
static const char *names[] = {"one", "two", "three"};
int main(int argc, char **argv) {
    struct pair p = make(argc); unsigned long h = 5381; int (*call)(int) = fib;
    for (const char *s = names[argc % 3]; *s; s++) h = h * 33 ^ *s;
    switch (argc) { case 1: return call(10) + p.a[2]; case 2: goto out; default: break; }
    do h = h >> 3 | ~h << 61; while (h & 7 && argc--);
out: return mix(1.5f, p.c, h) > 3 ? (int)h : (int)p.b;
}
"""
_TEXT = b"".join(
    b"line %d of text, %d words: alpha beta gamma\n" % (i, i * i % 97) for i in range(900)
)
_PAIR = {"one.txt": _TEXT, "two.txt": _TEXT.replace(b"7 of", b"seven of")}
_BUSYBOX = """
    cat -n one.txt|wc one.txt two.txt|head -n 5 one.txt|tail -n 3 one.txt|tac one.txt|rev one.txt
    sort -t , -k 2 -n one.txt|sort -r -u one.txt|uniq -c one.txt|cut -d : -f 1 one.txt
    sed -n s/alpha\\(.*\\)beta/[\\1]/gp one.txt|grep -c 1[0-9]* one.txt|grep -n seven two.txt
    awk {n+=$2;w[$5]++}END{print(n);for(k=1;k<9;k++)print(w[k]*2.5,sqrt(k))} one.txt
    diff one.txt two.txt|cmp one.txt two.txt|comm one.txt two.txt|paste one.txt two.txt|nl one.txt
    md5sum one.txt two.txt|sha256sum one.txt|sha512sum two.txt|cksum one.txt|sum one.txt
    od -A x -t x1z one.txt|hexdump -C one.txt|xxd one.txt|base64 one.txt|uuencode one.txt name
    fold -w 30 one.txt|expand one.txt|strings one.txt|tr a-y b-z|wc -l|bc|dc -e 10k2v1+p
    gzip -k one.txt|bzip2 -k one.txt|split -l 300 one.txt part
    cp one.txt three.txt|mv two.txt moved.txt|mkdir -p a/b/c|ln -s one.txt link|ln one.txt hard
    rm one.txt|rm none.txt|touch -d 2020-02-03 stamp|chmod 600 one.txt|truncate -s 99 one.txt
    ls|ls -la none|find one.txt two.txt -type f|readlink none|realpath one.txt|dd if=one.txt of=d
    factor 1234567890 97|seq 1 3 20|printf %5.2f|%s|%x\\n 3.14159 text 255|expr 7 * 6 + 1
    test -f one.txt|test -d one.txt|cal 2 2024|echo -e a\\tb|env|tsort|ed one.txt|tee copy.txt
    nosuch
"""


def _busybox() -> list[Case]:
    lines = [line.strip() for line in _BUSYBOX.replace("%5.2f|%s|%x", "%5.2f;%s;%x").splitlines()]
    commands = [one for line in lines if line for one in line.split("|")]
    stdin = b"scale=20\n22/7\n2^200\n"
    return [Case("busybox", tuple(one.split(" ")), stdin, _PAIR) for one in commands]


CASES = (
    Case("lua", ("script.lua", "word"), b"abc\ndef", {"script.lua": _LUA}),
    Case("lua", ("-v", "-e", "print(1 << 3, #arg)")),
    Case("lua", ("none.lua",)),
    Case("sqlite3", (":memory:",), _SQL),
    Case("sqlite3", ("data.db",), _SQL),
    Case("sqlite3", ("-csv", ":memory:", "select 1, 'a,b', null, 1e300*1e10")),
    Case("example"),
    Case("minigzip", (), _TEXT),
    Case("minigzip", ("one.txt",), b"", _PAIR),
    Case("bzip2", (), _TEXT),
    Case("bzip2", ("-v", "-1", "one.txt", "two.txt"), b"", _PAIR),
    Case("tcc", ("-nostdinc", "-c", "it.c", "-o", "it.o"), b"", {"it.c": _C}),
    Case("tcc", ("-E", "it.c"), b"", {"it.c": _C}),
    Case("tcc", ("-c", "bad.c"), b"", {"bad.c": b"int f(void) { return x + ; }"}),
    *_busybox(),
)


def build(recipe: Recipe, folder: Path) -> None:
    """Fetches and builds a package; programs are in `folder / "bin"` then."""
    lists, out = folder / "apt", folder / "bin"
    options = {
        "Dir::Etc::sourcelist": lists / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State": lists / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": lists / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    if not lists.exists():
        for name in ("state/lists/partial", "cache/archives/partial"):
            (lists / name).mkdir(parents=True)
        (lists / "sources.list").write_text(_SOURCES)
        subprocess.run([*apt, "update"], check=True)
        out.mkdir()
    sources = folder / recipe.package
    sources.mkdir()
    subprocess.run([*apt, "source", recipe.package], cwd=sources, check=True)
    (top,) = (one for one in sources.iterdir() if one.is_dir())
    script = f"set -e\nOUT={out}\n{recipe.build}"
    subprocess.run(["bash", "-c", script], cwd=top, check=True)
