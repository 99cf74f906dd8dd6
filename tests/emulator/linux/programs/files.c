/* Makes, reads, seeks, renames and removes files in a folder (argv[1]). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
int main(int argc, char **argv) {
    char name[500], other[500], buffer[100];
    snprintf(name, 500, "%s/a.txt", argv[1]); snprintf(other, 500, "%s/b.txt", argv[1]);
    FILE *f = fopen(name, "w+");
    if (!f) return printf("%s\n", strerror(errno)), 1;
    for (int i = 0; i < 1000; i++) fprintf(f, "line %d\n", i);
    fseek(f, -9, SEEK_END); fgets(buffer, 100, f); fputs(buffer, stdout);
    printf("%ld\n", ftell(f)); rewind(f); fgets(buffer, 100, f); fputs(buffer, stdout);
    fclose(f);
    int fd = open(name, O_RDWR | O_APPEND);
    write(fd, "end\n", 4); printf("%ld\n", (long)lseek(fd, 0, SEEK_CUR));
    pread(fd, buffer, 6, 10); buffer[6] = 0; puts(buffer);
    struct iovec parts[2] = {{buffer, 3}, {buffer + 3, 3}};
    lseek(fd, 0, SEEK_SET); printf("%ld\n", (long)readv(fd, parts, 2));
    int again = dup2(fd, 17); close(fd); printf("%d %ld\n", again, (long)write(17, "x", 1));
    ftruncate(17, 5); struct stat st; fstat(17, &st); printf("%ld %o\n", (long)st.st_size, st.st_mode & S_IFMT); close(17);
    printf("%d %d\n", rename(name, other), access(name, F_OK) < 0 ? errno == ENOENT : 0);
    printf("%d %d\n", stat(other, &st), S_ISREG(st.st_mode));
    snprintf(name, 500, "%s/sub", argv[1]); printf("%d %d\n", mkdir(name, 0755), mkdir(name, 0755) < 0 ? errno == EEXIST : 0);
    DIR *d = opendir(argv[1]); struct dirent *e; int entries = 0; char *names[10];
    while ((e = readdir(d))) if (e->d_name[0] != '.') names[entries++] = strdup(e->d_name);
    closedir(d);
    if (entries == 2 && strcmp(names[0], names[1]) > 0) { char *t = names[0]; names[0] = names[1]; names[1] = t; }
    for (int i = 0; i < entries; i++) puts(names[i]);
    printf("%d %d %d\n", rmdir(name), unlink(other), open(other, O_RDONLY) < 0 ? errno == ENOENT : 0);
    printf("%d %d\n", close(55) < 0 ? errno == EBADF : 0, chdir(argv[1]));
    f = fopen("here", "w"); fputs("relative\n", f); fclose(f); f = fopen("here", "r"); fgets(buffer, 100, f); fputs(buffer, stdout); fclose(f);
    remove("here");
    return 0;
}
