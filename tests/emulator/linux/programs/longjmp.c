/* Leaves functions by longjmp, with what setjmp promises of variables. */
#include <setjmp.h>
#include <stdio.h>
static jmp_buf outer, inner;
static int depth(int n) { if (n == 0) longjmp(inner, 7); return depth(n - 1) + n; }
int main(void) {
    volatile int turns = 0;
    double kept = 2.5;
    int got = setjmp(outer);
    turns++;
    if (got < 3) {
        int in = setjmp(inner);
        if (in == 0) depth(20);
        printf("inner %d, outer %d, turn %d, %g\n", in, got, turns, kept);
        longjmp(outer, got + 1);
    }
    printf("after %d turns\n", turns);
    got = setjmp(inner);
    if (!got) longjmp(inner, 0);
    return got;
}
