// RFC 3339 to nanoseconds since 1970, with the last date remembered.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "include/CSimdjson.h"

namespace leastwise {

class Clock {
  public:
    /// The moment in nanoseconds; false for anything but a date and time of the years 1970 to 2261 with a zone.
    bool parse(std::string_view text, int64_t &time) {
        if (text.size() < 20 || (text[10] | 32) != 't' || text[13] != ':' || text[16] != ':') return false;
        if (std::memcmp(text.data(), date_, 10) != 0 && !remember(text)) return false;
        int64_t hour, minute, second;
        if (!two(text, 11, 23, hour) || !two(text, 14, 59, minute) || !two(text, 17, 60, second)) return false;
        size_t at = 19;
        int64_t fraction = 0;
        if (text[at] == '.' && !nanoseconds(text, at, fraction)) return false;
        int64_t offset;
        if (!zone(text.substr(at), offset)) return false;
        time = (days_ * 86400 + hour * 3600 + minute * 60 + second - offset) * 1000000000 + fraction;
        return true;
    }

  private:
    static bool two(std::string_view text, size_t at, int64_t most, int64_t &value) {
        unsigned tens = static_cast<unsigned char>(text[at]) - '0';
        unsigned ones = static_cast<unsigned char>(text[at + 1]) - '0';
        value = tens * 10 + ones;
        return tens < 10 && ones < 10 && value <= most;
    }

    static bool nanoseconds(std::string_view text, size_t &at, int64_t &value) {
        size_t digits = 0;
        for (at++; at < text.size() && text[at] >= '0' && text[at] <= '9'; at++, digits++)
            if (digits < 9) value = value * 10 + (text[at] - '0');
        for (size_t given = digits; given < 9; given++) value *= 10;
        return digits > 0;
    }

    static bool zone(std::string_view text, int64_t &offset) {
        offset = 0;
        if (text.size() == 1) return (text[0] | 32) == 'z';
        int64_t hours, minutes;
        if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
        if (!two(text, 1, 23, hours) || !two(text, 4, 59, minutes)) return false;
        offset = (text[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
        return true;
    }

    bool remember(std::string_view text) {
        int64_t century, year, month, day;
        if (text[4] != '-' || text[7] != '-' || !two(text, 0, 99, century) || !two(text, 2, 99, year)) return false;
        if (!two(text, 5, 12, month) || !two(text, 8, 31, day) || month < 1 || day < 1) return false;
        year += century * 100;
        if (year < 1970 || year > 2261) return false;
        int64_t shifted = month <= 2 ? year - 1 : year, era = shifted / 400, of_era = shifted - era * 400;
        int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        days_ = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
        std::memcpy(date_, text.data(), 10);
        return true;
    }

    char date_[10] = {'1', '9', '7', '0', '-', '0', '1', '-', '0', '1'};
    int64_t days_ = 0;
};

}  // namespace leastwise
