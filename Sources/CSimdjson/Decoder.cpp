#include "Decoder.hpp"

#include <new>
#include <random>

using namespace leastwise;

namespace leastwise {

uint8_t reason_of(error_code error) {
    switch (error) {
        case SUCCESS: return lw_ok;
        case simdjson::UTF8_ERROR: return lw_not_text;
        case simdjson::INCORRECT_TYPE:
        case simdjson::NUMBER_ERROR:
        case simdjson::NUMBER_OUT_OF_RANGE: return lw_wrong_type;
        case simdjson::CAPACITY:
        case simdjson::MEMALLOC: return lw_too_long;
        default: return lw_not_json;
    }
}

}  // namespace leastwise

lw_decoder::lw_decoder(size_t bytes, uint64_t start)
    : tables{Interner(start), Interner(start), Interner(start), Interner(start), Interner(start)},
      table_bytes(bytes), seed(start) {}

bool lw_decoder::is_full() const {
    size_t total = 0;
    for (const Interner &table : tables) total += table.bytes();
    return total > table_bytes;
}

void lw_decoder::shrink() {
    if (parser.capacity() > kept_capacity) parser = ondemand::parser();
    if (payloads.capacity() > kept_capacity) payloads = ondemand::parser();
    if (payload.capacity() > kept_capacity) std::string().swap(payload);
}

lw_decoder *lw_decoder_create(size_t table_bytes) {
    std::random_device device;
    uint64_t seed = (static_cast<uint64_t>(device()) << 32) | device();
    return new (std::nothrow) lw_decoder(table_bytes, seed);
}

void lw_decoder_destroy(lw_decoder *decoder) { delete decoder; }

void lw_decoder_reset(lw_decoder *decoder) {
    for (Interner &table : decoder->tables) table.clear();
}

lw_text lw_decoder_text(const lw_decoder *decoder, uint8_t table, uint32_t id) {
    return table < 5 ? decoder->tables[table].text(id) : lw_text{"", 0};
}

void lw_action_parts(lw_text action, lw_text *parts) {
    uint32_t lengths[7] = {};
    if (action.length >= sizeof lengths) std::memcpy(lengths, action.bytes, sizeof lengths);
    const char *at = action.bytes + sizeof lengths;
    for (int part = 0; part < 7; at += lengths[part], part++) parts[part] = {at, lengths[part]};
}
