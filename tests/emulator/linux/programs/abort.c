/* Ends by abort, behind a failed assertion. */
#include <assert.h>
#include <stdio.h>
int main(int argc, char **argv) { puts("before"); fflush(stdout); assert(argc > 5); return 0; }
