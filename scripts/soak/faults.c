// Makes the disk of one process fail, for tests: LD_PRELOAD=faults.so, SOAK_FAULT_FOLDER=folder, SOAK_FAULT_FILE=file.
//
// While SOAK_FAULT_FILE holds a number, what writes to files below SOAK_FAULT_FOLDER fails with it as errno: EROFS (30)
// as on a file system that went read-only, EIO (5) as on a broken disk, ENOSPC (28) as on a full one. A second word limits
// this to one call, such as "5 fsync". An empty or missing file means that all is well.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// The system's own calls, so that looking at the switch does not come back here.
static int (*real_open)(const char *, int, ...);

static int fault(const char *call) {
    const char *path = getenv("SOAK_FAULT_FILE");
    if (!path) return 0;
    if (!real_open) real_open = dlsym(RTLD_NEXT, "open64");
    int file = real_open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[64] = {0};
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0) return 0;
    char wanted[32] = {0};
    int number = 0;
    int words = sscanf(text, "%d %31s", &number, wanted);
    return words == 1 || (words == 2 && !strcmp(wanted, call)) ? number : 0;
}

static int is_below(const char *path) {
    const char *folder = getenv("SOAK_FAULT_FOLDER");
    return folder && path && !strncmp(path, folder, strlen(folder));
}

static int is_watched(int descriptor) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_below(path);
}

#define FAIL_IF_BROKEN(call, watched)                       \
    do {                                                    \
        int saved = errno;                                  \
        int number = (watched) ? fault(call) : 0;           \
        errno = number ? number : saved;                    \
        if (number) return -1;                              \
    } while (0)

#define REAL(name) static __typeof__(name) *real; if (!real) real = dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    REAL(pwrite64);
    FAIL_IF_BROKEN("write", is_watched(file));
    return real(file, bytes, count, at);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at) {
    REAL(pwrite);
    FAIL_IF_BROKEN("write", is_watched(file));
    return real(file, bytes, count, at);
}

ssize_t write(int file, const void *bytes, size_t count) {
    REAL(write);
    FAIL_IF_BROKEN("write", is_watched(file));
    return real(file, bytes, count);
}

int ftruncate64(int file, off64_t size) {
    REAL(ftruncate64);
    FAIL_IF_BROKEN("write", is_watched(file));
    return real(file, size);
}

int fsync(int file) {
    REAL(fsync);
    FAIL_IF_BROKEN("fsync", is_watched(file));
    return real(file);
}

int fdatasync(int file) {
    REAL(fdatasync);
    FAIL_IF_BROKEN("fsync", is_watched(file));
    return real(file);
}

static int opened(const char *path, int flags, mode_t mode) {
    if (!real_open) real_open = dlsym(RTLD_NEXT, "open64");
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) && is_below(path)) {
        int number = fault("open");
        if (number) { errno = number; return -1; }
    }
    return real_open(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opened(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return opened(path, flags, mode);
}
