// Typed wrappers for libgit2's variadic options, which Swift does not import,
// and the two structures that libgit2 wants to be extended by its user.
#ifndef LEASTWISE_CLIBGIT2_SHIM_H
#define LEASTWISE_CLIBGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/transport.h>

static inline int git_shim_set_search_path(int level, const char *path) {
    return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}

static inline int git_shim_set_owner_validation(int enabled) {
    return git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, enabled);
}

static inline int git_shim_set_cache_max_size(ssize_t bytes) {
    return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, bytes);
}

// libgit2 hands `parent` back to the callbacks; the C layout keeps it first.
typedef struct {
    git_smart_subtransport parent;
    void *context;
} git_shim_subtransport;

typedef struct {
    git_smart_subtransport_stream parent;
    void *context;
} git_shim_stream;

#endif
