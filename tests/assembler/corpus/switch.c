int dense(int x) {
    switch (x) {
    case 0: return 5; case 1: return 17; case 2: return 99; case 3: return 1;
    case 4: return -4; case 5: return 88; case 7: return 77; case 9: return 3;
    }
    return 0;
}
extern void act(int);
void jump_table(int x) {
    switch (x) {
    case 10: act(1); break; case 11: act(22); case 12: act(3); break; case 13: act(x); break;
    case 14: act(5 * x); break; case 15: act(-x); break; case 16: act(x << 3); break;
    default: act(0);
    }
}
