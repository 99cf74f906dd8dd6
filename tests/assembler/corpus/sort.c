static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int (*chosen)(const void *, const void *) = compare;
void quicksort(int *a, int n) {
    if (n < 2) return;
    int pivot = a[n / 2], i = 0, j = n - 1;
    for (;;) {
        while (a[i] < pivot) i++;
        while (a[j] > pivot) j--;
        if (i >= j) break;
        int t = a[i]; a[i++] = a[j]; a[j--] = t;
    }
    quicksort(a, i);
    quicksort(a + i, n - i);
}
