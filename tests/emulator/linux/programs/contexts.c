/* Coroutines: makecontext, swapcontext, contexts that end and go on with another. */
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
static ucontext_t main_context, producer, consumer;
static int box, done;
static double sums[2];
static void produce(int from, int to) {
    for (int i = from; i < to; i++) { box = i * i; sums[0] += i / 3.0; swapcontext(&producer, &consumer); }
    done = 1;
}
static void consume(void) {
    while (!done) { printf("%d ", box); sums[1] += box / 7.0; swapcontext(&consumer, &producer); }
    printf("end\n");
}
static int depth(int n) { if (n == 0) { swapcontext(&producer, &main_context); return 1; } return depth(n - 1) + n; }
static void deep(int n) { printf("deep %d\n", depth(n)); }
static void start(ucontext_t *c, ucontext_t *next) {
    getcontext(c); c->uc_stack.ss_size = 1 << 16; c->uc_stack.ss_sp = malloc(1 << 16); c->uc_link = next;
}
int main(void) {
    start(&producer, &consumer); makecontext(&producer, (void (*)(void))produce, 2, 3, 12);
    start(&consumer, &main_context); makecontext(&consumer, consume, 0);
    swapcontext(&main_context, &producer);
    printf("%.6f %.6f\n", sums[0], sums[1]);
    start(&producer, &main_context); makecontext(&producer, (void (*)(void))deep, 1, 100);
    swapcontext(&main_context, &producer); printf("back\n"); swapcontext(&main_context, &producer);
    volatile int times = 0; getcontext(&main_context); times++;
    if (times < 5) setcontext(&main_context);
    printf("%d\n", times);
    return 0;
}
