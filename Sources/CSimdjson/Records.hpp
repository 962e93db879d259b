// Cuts an input into records: lines, or the elements of an array.
#pragma once

#include "Decoder.hpp"

namespace leastwise {

inline bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

/// Decodes one record: parses it, and leaves what it says to `read`.
template <class Record, class Read>
void decode(lw_decoder &decoder, const char *bytes, size_t length, Record &record, Read read) {
    if (length == 0 || *bytes != '{') {
        bool is_json = length <= kept_capacity && lw_is_json(&decoder, {bytes, length});
        record.place.error = is_json ? lw_not_this_source : lw_not_json;
        return;
    }
    ondemand::document document;
    // The caller's input has `lw_padding` readable bytes behind it, and so has every part of it.
    error_code error = decoder.parser.iterate(bytes, length, length + simdjson::SIMDJSON_PADDING).get(document);
    if (error == SUCCESS) error = read(document, record);
    // Reading to the end leaves no location; anything else is text behind the record.
    if (error == SUCCESS && !record.place.is_list && document.current_location().error() == SUCCESS)
        error = simdjson::TRAILING_CONTENT;
    if (error != SUCCESS) record.place.error = reason_of(error);
    if (length > kept_capacity) decoder.shrink();
}

/// True for a line that was refused as a whole, but is a list: its elements are judged one by one.
inline bool hides_list(const lw_place &place, const char *start) {
    return (place.error == lw_not_json || place.error == lw_not_text) && lw_list_start({start, place.length}) > 0;
}

template <class Record, class Decode>
lw_progress decode_lines(
    lw_decoder &decoder, lw_text input, bool last, Record *records, uint32_t capacity, Decode decode_one) {
    lw_progress progress = {0, 0, 0, lw_stop_more};
    while (progress.consumed < input.length) {
        if (progress.count == capacity) {
            progress.stop = lw_stop_batch;
            break;
        }
        if (decoder.is_full()) {
            progress.stop = lw_stop_tables;
            break;
        }
        const char *start = input.bytes + progress.consumed, *limit = input.bytes + input.length;
        const char *newline = static_cast<const char *>(std::memchr(start, '\n', static_cast<size_t>(limit - start)));
        if (newline == nullptr && !last) break;
        const char *end = newline == nullptr ? limit : newline, *next = newline == nullptr ? limit : newline + 1;
        while (start < end && is_space(*start)) start++;
        while (start < end && is_space(end[-1])) end--;
        if (start < end) {
            Record &record = records[progress.count];
            progress.stop = *start == '{' && end[-1] == '}' ? lw_stop_more : lw_stop_special;
            if (progress.stop == lw_stop_more) {
                record.place = {static_cast<size_t>(start - input.bytes), static_cast<size_t>(end - start),
                                progress.lines, lw_ok, false};
                decode_one(start, static_cast<size_t>(end - start), record);
                if (record.place.is_list || hides_list(record.place, start)) progress.stop = lw_stop_special;
            }
            if (progress.stop == lw_stop_special) break;
            progress.count++;
        }
        progress.lines++;
        progress.consumed = static_cast<size_t>(next - input.bytes);
    }
    return progress;
}

/// The bytes before the next element: white space and commas.
inline size_t skip_separators(lw_text input, lw_progress &progress) {
    size_t at = progress.consumed;
    for (; at < input.length && (is_space(input.bytes[at]) || input.bytes[at] == ','); at++)
        if (input.bytes[at] == '\n') progress.lines++;
    return at;
}

template <class Record, class Decode>
lw_progress decode_elements(
    lw_decoder &decoder, lw_text input, Record *records, uint32_t capacity, Decode decode_one) {
    lw_progress progress = {0, 0, 0, lw_stop_more};
    while (progress.stop == lw_stop_more) {
        progress.consumed = skip_separators(input, progress);
        if (progress.consumed == input.length) break;
        if (input.bytes[progress.consumed] == ']') {
            progress.consumed++;
            progress.stop = lw_stop_closed;
            break;
        }
        if (progress.count == capacity || decoder.is_full()) {
            progress.stop = progress.count == capacity ? lw_stop_batch : lw_stop_tables;
            break;
        }
        const char *start = input.bytes + progress.consumed;
        lw_scanner scanner = {};
        size_t length = 0;
        uint8_t found = lw_scan(&scanner, {start, input.length - progress.consumed}, &length);
        if (found == lw_scan_more) break;
        if (found == lw_scan_broken) {
            progress.stop = lw_stop_broken;
            break;
        }
        Record &record = records[progress.count++];
        record.place = {progress.consumed, length, progress.lines, lw_ok, false};
        decode_one(start, length, record);
        for (size_t at = 0; at < length; at++) progress.lines += start[at] == '\n';
        progress.consumed += length;
    }
    return progress;
}

}  // namespace leastwise
