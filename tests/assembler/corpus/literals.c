long values[] = {0, -1, 2047, 2048, -2049, 0x12345, 0x7ffff000, -0x80000000L};
long pick(int i) {
    switch (i & 7) {
    case 0: return 0x7fffffffL; case 1: return 0x80000000L; case 2: return 0x123456789L; case 3: return -0x1234567890L;
    case 4: return 0x7ff; case 5: return 0x800; case 6: return 0xfffff000; default: return 0x5555555555555555;
    }
}
double constants(int i) { return i == 0 ? 3.141592653589793 : i == 1 ? -1e-9 : i == 2 ? 2.0f : values[i & 7]; }
