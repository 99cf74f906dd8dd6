/* Allocates, grows and frees blocks of all sizes, and looks whether anybody wrote into another. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <malloc.h>
enum { SLOTS = 200 };
static unsigned char *slots[SLOTS];
static size_t sizes[SLOTS];
static uint32_t state = 1;
static uint32_t draw(void) { return state = state * 1664525u + 1013904223u, state >> 8; }
static int holds(int i) {
    for (size_t k = 0; k < sizes[i]; k += sizes[i] / 64 + 1)
        if (slots[i][k] != (unsigned char)(i * 7 + k)) return 0;
    return 1;
}
static void fill(int i) { for (size_t k = 0; k < sizes[i]; k++) slots[i][k] = i * 7 + k; }
int main(void) {
    long wrong = 0, bytes = 0;
    for (int turn = 0; turn < 3000; turn++) {
        int i = draw() % SLOTS, large = draw() % 200 == 0;
        size_t size = large ? 100000 + draw() % 400000 : draw() % (draw() % 4 ? 100 : 5000);
        if (slots[i]) wrong += !holds(i);
        switch (draw() % 4) {
        case 0: free(slots[i]); slots[i] = NULL; sizes[i] = 0; continue;
        case 1: slots[i] = realloc(slots[i], size + 1); break;
        case 2: free(slots[i]); slots[i] = calloc(size + 1, 1);
            for (size_t k = 0; k <= size; k += 13) wrong += slots[i][k]; break;
        default: free(slots[i]); slots[i] = aligned_alloc(64, (size + 64) & ~63ul);
            wrong += (uintptr_t)slots[i] % 64; break;
        }
        sizes[i] = size + 1; bytes += size;
        fill(i);
    }
    for (int i = 0; i < SLOTS; i++) { if (slots[i]) wrong += !holds(i); free(slots[i]); }
    malloc_trim(0);
    printf("%ld wrong, %ld bytes\n", wrong, bytes);
    return wrong != 0;
}
