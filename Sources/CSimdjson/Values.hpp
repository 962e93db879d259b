// The reading of single values. All of it is inline: these run some dozen times for each record.
#pragma once

#include "Decoder.hpp"

namespace leastwise {

inline bool is_null(std::string_view token) { return token.size() >= 4 && std::memcmp(token.data(), "null", 4) == 0; }

inline bool is_null(ondemand::value &value) { return is_null(value.raw_json_token()); }

/// The token of a string without its quotes, escapes as they stand; false for anything but a string.
inline bool raw_string(ondemand::value &value, std::string_view &text) {
    std::string_view token = value.raw_json_token();
    if (token.size() < 2 || token[0] != '"') return false;
    // Behind the closing quote there may be white space only, up to the next structural character.
    size_t end = token.size() - 1;
    while (end > 0 && token[end] != '"') end--;
    text = token.substr(1, end > 0 ? end - 1 : 0);
    return end > 0;
}

/// A string; empty for null. Escapes are resolved into the parser's buffer.
inline error_code string(ondemand::value value, std::string_view &text) {
    if (!raw_string(value, text)) {
        text = {};
        return is_null(value.raw_json_token()) ? SUCCESS : simdjson::INCORRECT_TYPE;
    }
    if (text.size() == 0 || std::memchr(text.data(), '\\', text.size()) == nullptr) return SUCCESS;
    return value.get_string().get(text);
}

/// An unsigned number, also in quotes as protobuf's JSON has 64-bit ones; 0 for null.
inline error_code number(ondemand::value value, uint64_t most, uint64_t &result) {
    std::string_view token;
    if (!raw_string(value, token)) token = value.raw_json_token();
    result = 0;
    if (is_null(token)) return SUCCESS;
    while (!token.empty() && (token.back() == ' ' || (token.back() >= '\t' && token.back() <= '\r')))
        token.remove_suffix(1);
    if (token.empty() || token.size() > 20) return simdjson::NUMBER_ERROR;
    for (char digit : token) {
        if (digit < '0' || digit > '9') return simdjson::INCORRECT_TYPE;
        if (result > (UINT64_MAX - 9) / 10) return simdjson::NUMBER_ERROR;
        result = result * 10 + static_cast<uint64_t>(digit - '0');
    }
    return result > most ? simdjson::NUMBER_ERROR : SUCCESS;
}

/// `lw_true`, `lw_false`, or `lw_absent` for null.
inline error_code boolean(ondemand::value value, uint8_t &result) {
    std::string_view token = value.raw_json_token();
    result = lw_absent;
    if (is_null(token)) return SUCCESS;
    bool truth;
    error_code error = value.get_bool().get(truth);
    if (error == SUCCESS) result = truth ? lw_true : lw_false;
    return error;
}

/// The bytes of an object; empty for null.
inline error_code raw_object(ondemand::value value, std::string_view &text) {
    text = {};
    if (is_null(value.raw_json_token())) return SUCCESS;
    ondemand::object object;
    SIMDJSON_TRY(value.get_object().get(object));
    return object.raw_json().get(text);
}

/// The bytes of an array; empty for null.
inline error_code raw_array(ondemand::value value, std::string_view &text) {
    text = {};
    if (is_null(value.raw_json_token())) return SUCCESS;
    ondemand::array array;
    SIMDJSON_TRY(value.get_array().get(array));
    return array.raw_json().get(text);
}

/// Calls the reader with each member of an object; null has none.
template <class Read>
error_code members(ondemand::value value, Read read) {
    if (is_null(value)) return SUCCESS;
    ondemand::object object;
    SIMDJSON_TRY(value.get_object().get(object));
    for (auto item : object) {
        ondemand::field field;
        SIMDJSON_TRY(std::move(item).get(field));
        SIMDJSON_TRY(read(field.key().raw(), field.value()));
    }
    return SUCCESS;
}

}  // namespace leastwise
