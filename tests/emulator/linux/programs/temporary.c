/* Temporary files: tmpfile, mkstemp, mkdtemp, renames with flags, links, mkfifo, folders. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static void put(const char *path, const char *text) { FILE *f = fopen(path, "w"); if (!f) { printf("no %s\n", path); return; } fputs(text, f); fclose(f); }
static void get(const char *path) { char b[100] = "(none)"; FILE *f = fopen(path, "r"); if (f) { if (!fgets(b, 100, f)) b[0] = 0; fclose(f); } printf("%s=%s ", path, b); }
int main(void) {
    FILE *t = tmpfile(); if (!t) { perror("tmpfile"); return 1; }
    for (int i = 0; i < 1000; i++) fprintf(t, "line %d\n", i);
    rewind(t); char line[50]; int n = 0; while (fgets(line, 50, t)) n++; printf("%d %s", n, line); fseek(t, 70, SEEK_SET); fgets(line, 50, t); printf("%s", line); fclose(t);
    char name[] = "/tmp/rvx-testXXXXXX"; int fd = mkstemp(name); struct stat s; fstat(fd, &s);
    printf("%d %o %d\n", fd >= 0, s.st_mode & 07777, (int)write(fd, "0123456789", 10)); ftruncate(fd, 4); stat(name, &s); printf("%d\n", (int)s.st_size); unlink(name); printf("%d %d\n", access(name, F_OK), (int)lseek(fd, 0, SEEK_END)); close(fd);
    char folder[] = "/tmp/rvx-dirXXXXXX"; if (!mkdtemp(folder)) { perror("mkdtemp"); return 1; }
    if (chdir(folder)) return 2;
    put("a", "A"); put("b", "B");
    printf("%d %d ", renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), errno == EEXIST); get("a"); get("b"); printf("\n");
    printf("%d ", renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE)); get("a"); get("b"); printf("\n");
    printf("%d ", renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE)); get("a"); get("c"); printf("\n");
    printf("%d %d ", renameat2(AT_FDCWD, "c", AT_FDCWD, "d", RENAME_EXCHANGE), errno == ENOENT); printf("%d %d\n", renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_EXCHANGE | RENAME_NOREPLACE), errno == EINVAL);
    printf("%d ", rename("c", "b")); get("b"); get("c"); printf("\n");
    mkdir("sub", 0700); printf("%d %d\n", rename("b", "sub"), errno == EISDIR); printf("%d %d\n", rmdir("sub/.."), errno == ENOTEMPTY);
    printf("%d ", symlink("b", "link")); n = readlink("link", line, 50); printf("%.*s ", n, line); lstat("link", &s); printf("%d ", S_ISLNK(s.st_mode)); get("link"); printf("%d\n", link("b", "hard")); stat("b", &s); printf("%d\n", (int)s.st_nlink);
    printf("%d ", mkfifo("fifo", 0640)); stat("fifo", &s); printf("%d %o ", S_ISFIFO(s.st_mode), s.st_mode & 0777); printf("%d %d\n", mkfifo("fifo", 0600), errno == EEXIST);
    printf("%d ", mknod("plain", S_IFREG | 0600, 0)); stat("plain", &s); printf("%d %d\n", S_ISREG(s.st_mode), (int)s.st_size);
    DIR *d = opendir("."); struct dirent *e; char *names[20]; n = 0; while ((e = readdir(d))) names[n++] = strdup(e->d_name); rewinddir(d); int m = 0; while (readdir(d)) m++; closedir(d);
    for (int i = 0; i < n; i++) for (int j = i + 1; j < n; j++) if (strcmp(names[i], names[j]) > 0) { char *x = names[i]; names[i] = names[j]; names[j] = x; }
    for (int i = 0; i < n; i++) { printf("%s ", names[i]); remove(names[i]); } printf("%d\n", m == n);
    chdir("/"); printf("%d %d\n", rmdir(folder), access("/tmp", W_OK));
    return 0;
}
