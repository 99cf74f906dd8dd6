"""An article on RISC-V number formats on one page: three claims, each measured."""
