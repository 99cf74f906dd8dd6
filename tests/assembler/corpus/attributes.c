__attribute__((weak)) int optional(void);
__attribute__((section(".special"), used)) static int special = 3;
__attribute__((aligned(64))) char page[128];
__attribute__((constructor)) static void before(void) { page[0] = 1; }
__attribute__((noinline, cold)) int rare(int x) { return x / 7; }
__attribute__((visibility("hidden"))) int hidden;
int call(int x) { return optional ? optional() + rare(x) : hidden + special; }
