/* A plugin of QEMU that counts executions by address, and writes them to out=FILE at the end.
 * QEMU's header is in no package: these are the few functions that it exports for this. */
typedef unsigned long uint64_t, size_t;
typedef struct file FILE;
extern FILE *fopen(const char *, const char *);
extern int fprintf(FILE *, const char *, ...), fclose(FILE *);
#define NULL ((void *)0)
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb; struct qemu_plugin_insn;
extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
extern void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *, int, void *, uint64_t);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);
int qemu_plugin_version = 1;
enum { ROOM = 1 << 22 };
static uint64_t counts[ROOM];
static FILE *out;
static void on_tb(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t at = qemu_plugin_insn_vaddr(insn) / 2;
        qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, &counts[at < ROOM ? at : 0], 1);
    }
}
static void on_end(qemu_plugin_id_t id, void *unused) {
    for (uint64_t at = 0; at < ROOM; at++) if (counts[at]) fprintf(out, "%lx %lu\n", 2 * at, counts[at]);
    fclose(out);
}
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv) {
    out = fopen(argv[0] + 4, "w");
    if (!out) return 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_tb);
    qemu_plugin_register_atexit_cb(id, on_end, NULL);
    return 0;
}
