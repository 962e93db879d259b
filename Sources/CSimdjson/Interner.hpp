// Texts by number: equal texts get equal ids, counted from 0.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "include/CSimdjson.h"

namespace leastwise {

inline uint64_t read64(const char *at) {
    uint64_t value;
    std::memcpy(&value, at, 8);
    return value;
}

inline uint64_t fold(uint64_t left, uint64_t right) {
    __uint128_t product = static_cast<__uint128_t>(left) * right;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// A seeded hash by multiplication, in the manner of wyhash: a few bytes a cycle, and unforeseeable without the seed.
inline uint64_t hash(const char *bytes, size_t length, uint64_t seed) {
    constexpr uint64_t a = 0xa0761d6478bd642fu, b = 0xe7037ed1a0b428dbu, c = 0x8ebc6af09c88c6e3u;
    uint64_t first = seed ^ a, second = seed ^ b, third = seed ^ c;
    const char *at = bytes, *end = bytes + length;
    for (; end - at > 48; at += 48) {
        first = fold(read64(at) ^ a, read64(at + 8) ^ first);
        second = fold(read64(at + 16) ^ b, read64(at + 24) ^ second);
        third = fold(read64(at + 32) ^ c, read64(at + 40) ^ third);
    }
    first ^= second ^ third;
    for (; end - at > 16; at += 16) first = fold(read64(at) ^ a, read64(at + 8) ^ first);
    // The last 16 bytes, overlapping what came before; of shorter texts both halves, overlapping each other.
    uint64_t head = 0, tail = 0;
    if (length >= 16) {
        head = read64(end - 16);
        tail = read64(end - 8);
    } else if (length >= 8) {
        head = read64(bytes);
        tail = read64(end - 8);
    } else {
        for (; at < end; at++) head = head << 8 | static_cast<unsigned char>(*at);
    }
    return fold(fold(head ^ b, tail ^ first), length ^ c);
}

class Interner {
  public:
    explicit Interner(uint64_t seed) : seed_(seed) { clear(); }

    uint32_t intern(const char *bytes, size_t length) {
        uint64_t full = hash(bytes, length, seed_);
        uint32_t tag = static_cast<uint32_t>(full >> 32);
        size_t slot = full & mask_;
        for (; slots_[slot].id != lw_none; slot = (slot + 1) & mask_) {
            if (slots_[slot].tag != tag) continue;
            const lw_text &known = texts_[slots_[slot].id];
            if (known.length == length && std::memcmp(known.bytes, bytes, length) == 0) return slots_[slot].id;
        }
        slots_[slot] = {tag, static_cast<uint32_t>(texts_.size())};
        texts_.push_back({keep(bytes, length), length});
        hashes_.push_back(full);
        if (texts_.size() * 2 > slots_.size()) grow();
        return static_cast<uint32_t>(texts_.size() - 1);
    }

    lw_text text(uint32_t id) const { return id < texts_.size() ? texts_[id] : lw_text{"", 0}; }

    /// What the texts and their entries cost.
    size_t bytes() const { return used_ + texts_.size() * 48; }

    void clear() {
        slots_.assign(1024, {0, lw_none});
        slots_.shrink_to_fit();
        mask_ = 1023;
        texts_ = {};
        hashes_ = {};
        blocks_.clear();
        blocks_.shrink_to_fit();
        used_ = 0;
        free_ = nullptr;
        left_ = 0;
    }

  private:
    struct Slot {
        uint32_t tag, id;
    };

    const char *keep(const char *bytes, size_t length) {
        if (length > left_) {
            left_ = length > block_size ? length : block_size;
            blocks_.push_back(std::make_unique<char[]>(left_));
            free_ = blocks_.back().get();
        }
        char *kept = free_;
        std::memcpy(kept, bytes, length);
        free_ += length;
        left_ -= length;
        used_ += length;
        return kept;
    }

    void grow() {
        slots_.assign(slots_.size() * 4, {0, lw_none});
        mask_ = slots_.size() - 1;
        for (uint32_t id = 0; id < texts_.size(); id++) {
            size_t slot = hashes_[id] & mask_;
            while (slots_[slot].id != lw_none) slot = (slot + 1) & mask_;
            slots_[slot] = {static_cast<uint32_t>(hashes_[id] >> 32), id};
        }
    }

    static constexpr size_t block_size = 64 << 10;
    uint64_t seed_;
    size_t mask_ = 0, used_ = 0, left_ = 0;
    char *free_ = nullptr;
    std::vector<Slot> slots_;
    std::vector<lw_text> texts_;
    std::vector<uint64_t> hashes_;
    std::vector<std::unique_ptr<char[]>> blocks_;
};

}  // namespace leastwise
