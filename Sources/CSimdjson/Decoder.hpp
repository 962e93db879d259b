// What both decoders share: the parser, the tables, and the reading of single values.
#pragma once

#include <simdjson.h>

#include <string>

#include "Clock.hpp"
#include "Interner.hpp"

namespace leastwise {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using simdjson::SUCCESS;

/// Compares a raw key with a name; the closing quote makes the comparison exact.
template <size_t N>
inline bool is(const char *raw, const char (&quoted)[N]) {
    return std::memcmp(raw, quoted, N - 1) == 0;
}
#define LW_KEY(name) name "\""

/// Longest text that is interned.
constexpr size_t text_limit = 64 << 10;
/// Longest document for which the parser's memory is kept.
constexpr size_t kept_capacity = 256 << 10;

uint8_t reason_of(error_code error);

}  // namespace leastwise

struct lw_decoder {
    explicit lw_decoder(size_t table_bytes, uint64_t seed);

    simdjson::ondemand::parser parser;
    /// For a record inside of a record, and its text.
    simdjson::ondemand::parser payloads;
    std::string payload;
    simdjson::dom::parser documents;
    leastwise::Clock clock;
    leastwise::Interner tables[5];
    size_t table_bytes;
    uint64_t seed;
    std::string scratch;

    bool is_full() const;
    /// Gives back the memory that one long record took.
    void shrink();

    simdjson::error_code intern(uint8_t table, std::string_view text, uint32_t &id) {
        if (text.size() > leastwise::text_limit) return simdjson::CAPACITY;
        id = text.data() == nullptr ? lw_none : tables[table].intern(text.data(), text.size());
        return simdjson::SUCCESS;
    }
};
