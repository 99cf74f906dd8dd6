__thread int mine = 5;
__thread long zeroed;
extern __thread int theirs;
int bump(void) { zeroed++; return mine++ + theirs; }
