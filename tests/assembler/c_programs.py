"""Random C programs: code, data and attributes that make compilers write directives."""

import random

TYPES = "char,short,int,long,long long,unsigned,unsigned char,float,double".split(",")
VARIABLES = [
    "{t} {n};",
    "static {t} {n}[{size}];",
    "{t} {n} = {number};",
    "const {t} {n} = {number};",
    "extern {t} {n};",
    "__thread {t} {n};",
    "static __thread {t} {n} = 3;",
    '{t} {n} __attribute__((section(".mine"), aligned(32))) = 4;',
    "__attribute__((weak)) {t} {n};",
]
ATTRIBUTES = [
    *["", "", "", "static ", "__attribute__((noinline)) ", "__attribute__((weak)) "],
    *["__attribute__((cold)) ", "__attribute__((aligned(64))) "],
    '__attribute__((visibility("hidden"))) ',
]
EXTRAS = [
    'long other(long, int, double) __attribute__((alias("first")));\n'
    "long first(long a, int b, double c) { return a; }",
    "long labels(int n) { void *t[] = {&&x, &&y}; goto *t[n & 1]; x: return 1; y: return 2; }",
    "_Complex double square(_Complex double a) { return a * a; }",
    "long double next(long double x) { return x + 1; }",
    "int add(int *p) { return __atomic_fetch_add(p, 1, 5); }",
    "__attribute__((constructor)) void begin(void) { ext(1); }",
]
PREAMBLE = r"""
typedef struct S { int a; char b; long c; double d; struct S *n; short e[3]; unsigned f : 5; } S;
extern int ext(int, ...);
extern S *es;
static S tab[] = {{1, 2, 3, 4.5}, {-1, 0, 5, 1e300}};
const char *text = "a\n\001\"q";
void *pointers[] = {&tab[1], (char *)&text + 1, ext};
"""
PLACES = ["a", "b", "c"]
VALUES = ["es->a", "tab[1].c", "es->e[1]", "es->f", "es->d"]


class Programs:
    """Random programs.

    Args:
        rng: what is random about them.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.places: list[str] = []

    def program(self) -> str:
        """A translation unit that compilers take as C and, but for the extras, as C++."""
        rng = self.rng
        parts = [PREAMBLE]
        self.places = list(PLACES)
        for index in range(rng.randrange(1, 5)):
            shape, name = rng.choice(VARIABLES), f"g{index}"
            size, number = rng.randrange(1, 300), rng.randrange(100)
            parts.append(shape.format(t=rng.choice(TYPES), n=name, size=size, number=number))
            if not shape.startswith("const"):
                self.places.append(f"{name}[0]" if "[" in shape else name)
        for index in range(rng.randrange(1, 6)):
            body = " ".join(self._statement(3) for _ in range(rng.randrange(1, 6)))
            attribute = rng.choice(ATTRIBUTES)
            head = f"{attribute}long f{index}(long a, int b, double c)"
            parts.append(f"{head} {{ {body} return {self._number(2)}; }}")
        if rng.random() < 0.5:
            parts.append(rng.choice(EXTRAS))
        return "\n".join(parts) + "\n"

    def _number(self, depth: int) -> str:
        """An integer, by its type at least."""
        rng = self.rng
        if depth <= 0 or rng.random() < 0.2:
            literals = [str(rng.randrange(-5000, 5000)), str(rng.getrandbits(30))]
            return f"(long)({rng.choice([*self.places, *VALUES, *literals])})"
        one, other = self._number(depth - 1), self._number(depth - 1)
        return rng.choice(
            [
                f"({one} {rng.choice('+-*&|^<')} {other})",
                f"({one} >> ({other} & 7))",
                f"({one} ? {other} : 1)",
                f"(long)ext({one}, {other})",
                f"({one} / ({other} | 1))",
                f"(long)({rng.choice(TYPES)}){one}",
                f"(long)({one} * 1.5 + {rng.random():.6g})",
            ]
        )

    def _statement(self, depth: int) -> str:
        rng = self.rng
        place, number = rng.choice(self.places), self._number(2)
        if depth <= 0:
            return f"{place} = {number};"
        inner = self._statement(depth - 1)
        cases = sorted(rng.sample(range(-5, 60), rng.randrange(1, 20)))
        choices = "".join(f"case {each}: {self._statement(0)} break; " for each in cases)
        word = rng.choice(["nop", "fence", "1: j 1b", "mv %0, %0"])
        return rng.choice(
            [
                f"{place} = {number};",
                f"if ({number}) {{ {inner} }} else {{ {self._statement(depth - 1)} }}",
                f"for (int i = 0; i < {rng.randrange(1, 40)}; i++) {{ {inner} }}",
                f"switch ({number}) {{ {choices} default:; }}",
                f"while ({number}) {{ {inner} break; }}",
                f'asm volatile("{word}" : "+r"(a));',
                f"{{ char buf[{rng.randrange(1, 5000)}]; ext((int)(long)buf, {number}); }}",
                f'ext({number}, "{rng.randrange(1000)}", {self._number(2)});',
            ]
        )
