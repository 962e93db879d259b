// What the API server's authorizer takes from a request's URI, read from the raw JSON string.
#pragma once

#include <algorithm>
#include <string_view>

namespace leastwise {

/// The path without its query.
inline std::string_view path_of(std::string_view raw) { return raw.substr(0, raw.find('?')); }

/// True if the path itself, not only the query, is written with escapes.
inline bool has_escaped_path(std::string_view raw) { return path_of(raw).find('\\') != std::string_view::npos; }

/// The value of a query's parameter, up to the next `&`, which JSON writers of Go escape as `\u0026`.
inline std::string_view parameter(std::string_view raw, std::string_view name) {
    size_t at = raw.find('?');
    while (at != std::string_view::npos && (at = raw.find(name, at + 1)) != std::string_view::npos) {
        std::string_view before = raw.substr(0, at);
        bool starts = before.back() == '?' || before.back() == '&'
            || (before.size() >= 6 && before.substr(before.size() - 6) == "\\u0026");
        size_t value = at + name.size();
        if (!starts || value >= raw.size() || raw[value] != '=') continue;
        std::string_view rest = raw.substr(value + 1);
        return rest.substr(0, rest.find_first_of("&\\"));
    }
    return {};
}

/// True for requests that change nothing (`dryRun=All`).
inline bool is_dry_run(std::string_view raw) { return !parameter(raw, "dryRun").empty(); }

/// Cuts a prefix off, in any of the spellings of `=`.
inline bool take_equals(std::string_view &text) {
    bool found = false;
    for (bool again = true; again;) {
        again = true;
        if (text.substr(0, 1) == "=") text.remove_prefix(1);
        else if (text.substr(0, 3) == "%3D" || text.substr(0, 3) == "%3d") text.remove_prefix(3);
        else again = false;
        found = found || again;
    }
    return found;
}

/// Where the next `%2c` or `%2C` stands, also one that is cut behind the 2.
inline size_t encoded_comma(std::string_view text, size_t at) {
    size_t found = text.find("%2", at);
    while (found != std::string_view::npos && found + 2 < text.size() && (text[found + 2] | 32) != 'c')
        found = text.find("%2", found + 2);
    return found;
}

/// The name in `fieldSelector=metadata.name=NAME`, which restricts a list or a watch to one object; else empty.
inline std::string_view selected_name(std::string_view raw) {
    std::string_view selector = parameter(raw, "fieldSelector");
    constexpr std::string_view field = "metadata.name";
    size_t comma = selector.find(','), encoded = encoded_comma(selector, 0);
    for (size_t at = 0; at < selector.size();) {
        // Looked for once only: there may be hundreds of thousands of terms.
        if (comma < at) comma = selector.find(',', at);
        if (encoded < at) encoded = encoded_comma(selector, at);
        size_t end = std::min({comma, encoded, selector.size()});
        std::string_view term = selector.substr(at, end - at);
        if (term.substr(0, field.size()) == field) {
            term.remove_prefix(field.size());
            // Any other escape cannot be part of an object's name.
            if (take_equals(term) && term.find('%') == std::string_view::npos) return term;
        }
        at = end + (end == encoded && end != comma ? 3 : 1);
    }
    return {};
}

}  // namespace leastwise
