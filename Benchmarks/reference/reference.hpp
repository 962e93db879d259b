// What both reference programs share: reading lines, and the facts of an edge.
//
// They are the yardstick for `leastwise observe`: straightforward C++ on simdjson's on-demand interface that extracts
// the same fields and aggregates them into the same edges, without a store.
#pragma once

#include <fcntl.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ondemand = simdjson::ondemand;

struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct Fact {
    long count = 0, attempts = 0, answers = 0, refusals = 0;
    std::string first, last;

    void see(std::string_view time) {
        if (first.empty() || time < first) first = time;
        if (last.empty() || time > last) last = time;
    }
};

using Facts = std::unordered_map<std::string, Fact, Hash>;

/// Appends a field and a separator.
inline void add(std::string &key, std::string_view part) {
    key.append(part);
    key.push_back('\x1f');
}

template <class Use>
int each_line(const char *path, Use use) {
    int file = open(path, O_RDONLY);
    if (file < 0) return perror(path), 1;
    std::vector<char> buffer((1 << 20) + simdjson::SIMDJSON_PADDING);
    size_t held = 0;
    auto fill = [&] { return read(file, buffer.data() + held, buffer.size() - simdjson::SIMDJSON_PADDING - held); };
    for (ssize_t count; (count = fill()) > 0;) {
        char *at = buffer.data(), *end = at + held + count;
        for (char *newline; (newline = static_cast<char *>(memchr(at, '\n', end - at))) != nullptr; at = newline + 1)
            if (newline > at) use(at, newline - at);
        held = end - at;
        memmove(buffer.data(), at, held);
        if (held == buffer.size() - simdjson::SIMDJSON_PADDING) buffer.resize(buffer.size() * 2);
    }
    close(file);
    return 0;
}

inline void report(long records, long bad, const Facts &facts) {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    auto seconds = [](timeval time) { return time.tv_sec + time.tv_usec / 1e6; };
    long total = 0;
    for (const auto &[key, fact] : facts) total += fact.count;
    printf("records %ld bad %ld edges %zu count %ld\n", records, bad, facts.size(), total);
    double user = seconds(usage.ru_utime), system = seconds(usage.ru_stime);
    printf("user %.2f system %.2f rss %ld MiB\n", user, system, usage.ru_maxrss / 1024);
}
