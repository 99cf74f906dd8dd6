/* An interpreter with a jump table. */
#include <stdio.h>
#include <string.h>
int main(void) {
    const char *code = ">++++++++[<+++++++++>-]<.>++++[<+++++++>-]<+.+++++++..+++.>>++++++[<+++++++>-]<++.------------.>++++++[<+++++++++>-]<+.<.+++.------.--------.>>>++++[<++++++++>-]<+.>++++++++++.>++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++.";
    static unsigned char tape[30000]; static int jump[1000]; int stack[100], depth = 0, n = strlen(code); long steps = 0; for (int i = 0; i < n; i++) if (code[i] == '[') stack[depth++] = i; else if (code[i] == ']') jump[i] = stack[--depth], jump[jump[i]] = i;
    for (int pc = 0, at = 0; pc < n; pc++, steps++) switch (code[pc]) { case '>': at++; break; case '<': at--; break; case '+': tape[at]++; break; case '-': tape[at]--; break; case '.': putchar(tape[at]); break; case '[': if (!tape[at]) pc = jump[pc]; break; case ']': if (tape[at]) pc = jump[pc]; break; default: break; }
    printf("%ld\n", steps); return 0;
}
