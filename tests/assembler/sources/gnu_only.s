.type f, @gnu_indirect_function
f: ret
