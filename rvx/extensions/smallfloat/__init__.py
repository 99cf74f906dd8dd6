"""The families of PULP's smallfloat instructions, declared by lane operation, format and variant.

`layout` has what they share: formats by letter, the CSR fmode, how wide a register is. `arithmetic`
and `expanding` are packed instructions within a width and from one width into the next,
`conversions` those between widths and to integers, `scalars` the instructions on one number, and
`spellings` the further names that select nothing but read better. `rvx.extensions.xsmallfloat`
puts them together.
"""
