// An exception that nobody catches ends the program by abort.
#include <cstdio>
#include <stdexcept>
int main() { std::puts("before"); std::fflush(stdout); throw std::runtime_error("nobody"); }
