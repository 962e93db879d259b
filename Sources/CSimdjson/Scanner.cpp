// Finds where one JSON value ends, without looking at what it says.
#include <string_view>

#include "include/CSimdjson.h"

namespace {

bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

/// Leaves the string or runs out of bytes; false at a line's end, which no JSON string can hold: it was not closed. Other
/// control characters are as illegal, but do not hide where the value ends.
bool skip_string(lw_scanner *scanner, const char *bytes, size_t length, size_t &at) {
    for (; at < length; at++) {
        unsigned char byte = static_cast<unsigned char>(bytes[at]);
        if (scanner->escaped) {
            scanner->escaped = false;
        } else if (byte == '\\') {
            scanner->escaped = true;
        } else if (byte == '"') {
            scanner->in_string = false;
            at++;
            return true;
        }
        if (byte == '\n') return false;
    }
    return true;
}

/// Names under which objects hold lists of records: those of Kubernetes, Event Hubs, and CloudWatch.
bool names_list(std::string_view name) {
    return name == "items" || name == "records" || name == "logEvents" || name == "events";
}

}  // namespace

uint8_t lw_scan(lw_scanner *scanner, lw_text input, size_t *consumed) {
    size_t at = 0;
    uint8_t result = lw_scan_more;
    while (at < input.length && result == lw_scan_more) {
        if (scanner->in_string) {
            bool is_legal = skip_string(scanner, input.bytes, input.length, at);
            if (!is_legal) result = lw_scan_broken;
            else if (!scanner->in_string && scanner->depth == 0) result = lw_scan_complete;
            continue;
        }
        char byte = input.bytes[at];
        bool ends = byte == ',' || byte == ']' || byte == '}' || is_space(byte);
        if (scanner->is_scalar && ends) {
            result = lw_scan_complete;
            continue;
        }
        at++;
        if (byte == '"') scanner->in_string = true;
        else if (byte == '{' || byte == '[') scanner->depth++;
        else if ((byte == '}' || byte == ']') && scanner->depth > 0) {
            if (--scanner->depth == 0) result = lw_scan_complete;
        } else if (!scanner->started && ends) result = lw_scan_broken;
        else if (!scanner->started) scanner->is_scalar = true;
        scanner->started = true;
    }
    *consumed = at;
    return result;
}

size_t lw_list_start(lw_text input) {
    lw_scanner scanner = {};
    size_t at = 0;
    while (at < input.length) {
        if (input.bytes[at] != '"') {
            size_t consumed = 0;
            if (lw_scan(&scanner, {input.bytes + at, 1}, &consumed) != lw_scan_more) return 0;
            at++;
            continue;
        }
        size_t end = at + 1;
        scanner.in_string = true;
        if (!skip_string(&scanner, input.bytes, input.length, end) || scanner.in_string) return 0;
        bool is_items = scanner.depth == 1 && names_list({input.bytes + at + 1, end - at - 2});
        at = end;
        while (is_items && end < input.length && (is_space(input.bytes[end]) || input.bytes[end] == ':')) end++;
        if (is_items && end < input.length && input.bytes[end] == '[') return end + 1;
    }
    return 0;
}
