"""`.option` and `.attribute`."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError, did_you_mean
from rvx.assembler.directives.registry import arguments, directive, string
from rvx.assembler.elf.attributes import PRIVILEGED_TAGS, canonical_arch
from rvx.assembler.fragments.assembly import Assembly
from rvx.records import replace

_SWITCHES = "push pop rvc norvc relax norelax pic nopic csr-check no-csr-check arch".split()
ARCH = 5
ATTRIBUTE_TAGS = {
    "Tag_RISCV_stack_align": 4,
    "Tag_RISCV_arch": 5,
    "Tag_RISCV_unaligned_access": 6,
    "Tag_RISCV_priv_spec": 8,
    "Tag_RISCV_priv_spec_minor": 10,
    "Tag_RISCV_priv_spec_revision": 12,
}
for _name, _tag in list(ATTRIBUTE_TAGS.items()):
    ATTRIBUTE_TAGS[_name.removeprefix("Tag_RISCV_")] = _tag


@directive(".option")
def option(assembly: Assembly, name: str, rest: str) -> None:
    """`.option rvc`, `norelax`, `push`, `pop` ...: how the lines that follow are assembled."""
    word, _, argument = rest.partition(",")
    word = word.strip()
    if word == "push":
        assembly.saved_options.append((assembly.options, assembly.forms))
    elif word == "pop":
        if not assembly.saved_options:
            raise SourceError(".option pop has no .option push before it", text=word)
        assembly.options, forms = assembly.saved_options.pop()
        assembly.use_forms(forms)
    elif word in ("rvc", "norvc"):
        if word == "rvc" and "c.addi" not in assembly.isa.instructions:
            assembly.change_arch("+c")
        assembly.options = replace(assembly.options, rvc=word == "rvc")
        assembly.uses_rvc = assembly.uses_rvc or word == "rvc"
    elif word in ("relax", "norelax"):
        assembly.options = replace(assembly.options, relax=word == "relax")
    elif word in ("pic", "nopic"):
        assembly.options = replace(assembly.options, pic=word == "pic")
    elif word == "arch":
        assembly.change_arch(argument.strip())
    elif word not in _SWITCHES:
        raise SourceError(
            f"there is no option '{word}'",
            hint=did_you_mean(word, _SWITCHES) or "valid are " + ", ".join(_SWITCHES),
            text=word,
        )


@directive(".attribute", ".gnu_attribute")
def attribute(assembly: Assembly, name: str, rest: str) -> None:
    """`.attribute tag, value`: a fact about the object, written to .riscv.attributes."""
    parts = arguments(name, rest, 2, 2, "tag, value")
    if name == ".gnu_attribute":
        return
    tag = ATTRIBUTE_TAGS.get(parts[0])
    if tag is None and parts[0][:1].isdecimal():
        tag = assembly.constant(parts[0], "the tag")
    if tag is None:
        raise SourceError(
            f"there is no attribute '{parts[0]}'",
            hint=did_you_mean(parts[0], ATTRIBUTE_TAGS) or "valid are " + ", ".join(ATTRIBUTE_TAGS),
            text=parts[0],
        )
    if tag in (ARCH, *PRIVILEGED_TAGS) and assembly.has_code():
        raise SourceError(f"{name} {parts[0]} stands behind the first instruction")
    if tag % 2:
        text = string(parts[1]).decode("utf-8", "replace")
        assembly.attributes[tag] = text
        if tag == ARCH and assembly.select_arch is not None:
            # As with GNU as, the code behind it is for that architecture.
            try:
                assembly.change_arch(text)
                assembly.attributes[tag] = canonical_arch(text, assembly.isa)
            except SourceError as problem:
                assembly.warn(f"the code is not restricted to this: {problem.message}", text)
    else:
        assembly.attributes[tag] = assembly.constant(parts[1], "the value")
        if tag in PRIVILEGED_TAGS:
            assembly.privileged_at = assembly.location
