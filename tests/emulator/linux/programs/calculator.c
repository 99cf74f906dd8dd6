/* Reads expressions from standard input, and evaluates them by recursive descent. */
#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
static const char *p; static jmp_buf bad; static double sum(void);
static void skip(void) { while (isspace((unsigned char)*p)) p++; }
static double atom(void) { skip(); if (*p == '(') { p++; double v = sum(); skip(); if (*p++ != ')') longjmp(bad, 1); return v; } if (*p == '-') { p++; return -atom(); } char *end; double v = strtod(p, &end); if (end == p) longjmp(bad, 2); p = end; return v; }
static double power(void) { double v = atom(); skip(); if (*p == '^') { p++; return pow(v, power()); } return v; }
static double product(void) { double v = power(); for (;;) { skip(); if (*p == '*') p++, v *= power(); else if (*p == '/') { p++; double d = power(); if (d == 0) longjmp(bad, 3); v /= d; } else return v; } }
static double sum(void) { double v = product(); for (;;) { skip(); if (*p == '+') p++, v += product(); else if (*p == '-') p++, v -= product(); else return v; } }
int main(void) { char line[200]; int errors = 0; while (fgets(line, 200, stdin)) { p = line; int e = setjmp(bad); if (e) { printf("error %d at %d\n", e, (int)(p - line)); errors++; continue; } double v = sum(); skip(); if (*p) longjmp(bad, 4); printf("%.12g\n", v); } return errors; }
