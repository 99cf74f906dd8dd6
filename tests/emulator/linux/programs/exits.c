/* atexit, constructors and destructors, and an exit code beyond a byte. */
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void first(void) { puts("constructor"); }
__attribute__((destructor)) static void last(void) { puts("destructor"); }
static void one(void) { puts("one"); }
static void two(void) { puts("two"); }
int main(void) { atexit(one); atexit(two); puts("main"); exit(0x1234); }
