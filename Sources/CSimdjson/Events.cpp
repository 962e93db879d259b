// Audit events of the Kubernetes API server (audit.k8s.io/v1 and its betas), plain or in the envelopes of managed clouds.
#include <iterator>

#include "EventReader.hpp"
#include "Records.hpp"

using namespace leastwise;

namespace leastwise {
namespace {

/// A time in the first versions of audit events and in LogEntries; milliseconds in CloudWatch's envelope.
error_code EventReader::timestamp(ondemand::value value) {
    std::string_view text;
    uint64_t milliseconds = 0;
    if (raw_string(value, text)) {
        SIMDJSON_TRY(string(value, text));
        is_untimely = !text.empty() && !decoder.clock.parse(text, old_time);
    } else if (!is_null(value)) {
        // Wrong in an event of its own.
        is_untimely = true;
        if (number(value, INT64_MAX / 1000000, milliseconds) == SUCCESS) {
            if (!envelope) envelope.emplace();
            envelope->time = static_cast<int64_t>(milliseconds) * 1000000;
        }
    }
    return SUCCESS;
}

error_code EventReader::cloud(const char *key, ondemand::value value) {
    if (is_inner) return SUCCESS;
    if (!envelope) envelope.emplace();
    return envelope->member(key, value, decoder.clock);
}

/// Reads what is in the envelope, if the record is one.
error_code EventReader::open() {
    if (!is_inner && envelope && envelope->entry.is_present && envelope->entry.is_kubernetes())
        return entry(envelope->entry);
    std::string_view text = !is_inner && envelope ? envelope->event() : std::string_view();
    if (text.empty()) {
        record.place.error = lw_not_this_source;
        return SUCCESS;
    }
    decoder.payload.assign(text);
    decoder.payload.append(simdjson::SIMDJSON_PADDING, ' ');
    ondemand::document document;
    SIMDJSON_TRY(decoder.payloads.iterate(decoder.payload.data(), text.size(), decoder.payload.size()).get(document));
    clear(record);
    EventReader inner(decoder, record);
    inner.is_inner = true;
    inner.outer_time = envelope->time;
    SIMDJSON_TRY(inner.read(document));
    return document.current_location().error() == SUCCESS ? simdjson::TRAILING_CONTENT : SUCCESS;
}

/// Reads a LogEntry. It has no groups, no stages, no query, and no code that tells a creation.
error_code EventReader::entry(const LogEntry &entry) {
    clear(record);
    if (is_untimely) return simdjson::INCORRECT_TYPE;
    record.time = old_time;
    record.audit_id = id_of(entry.operation);
    record.stage = entry.is_started() ? lw_stage_started : lw_stage_absent;
    record.code = entry.code();
    record.has_verb = true;
    // A 403 without a decision is a refusal, as in the betas.
    record.is_beta = true;
    SIMDJSON_TRY(agent(entry.agent));
    SIMDJSON_TRY(decide({entry.decision(), entry.labels.reason}));
    SIMDJSON_TRY(subject(entry));
    verb = entry.verb();
    uri = {};
    if (entry.is_path()) {
        static constexpr std::string_view verbs[] = {"get", "head", "post", "put", "patch", "delete", "options"};
        bool is_known = std::find(std::begin(verbs), std::end(verbs), verb) != std::end(verbs);
        if (!is_known || entry.resource.empty()) return SUCCESS;
        decoder.payload.assign(entry.resource[0] == '/' ? "" : "/").append(entry.resource);
        uri = decoder.payload;
    } else {
        ResourceName parts(entry.resource);
        has_reference = true;
        group = parts.group, resource = parts.resource, subresource = parts.subresource;
        space = parts.space, name = parts.name;
        if (resource.empty() || verb.empty()) return SUCCESS;
    }
    return action();
}

/// Who asked, and as whom. The selector is what was asked for: it stands also where that was refused, before
/// anything was authorized.
error_code EventReader::subject(const LogEntry &entry) {
    std::string_view principal = entry.principal.empty() ? entry.selector : entry.principal;
    if (entry.has_authentication) SIMDJSON_TRY(user_named(principal, record.user));
    if (entry.selector.empty() || entry.selector == principal) return SUCCESS;
    bool is_refused = record.decision == lw_decision_forbid || record.code == 403;
    if (!is_refused || entry.labels.outcome != lw_decision_absent)
        return user_named(entry.selector, record.impersonated);
    record.decision = lw_decision_absent;
    record.code = 403;
    record.is_beta = false;
    return SUCCESS;
}

/// Interns a user object of that name, whose escapes are those of the record.
error_code EventReader::user_named(std::string_view raw_name, uint32_t &id) {
    decoder.scratch.assign("{\"username\":\"").append(raw_name).append("\"}");
    return decoder.intern(lw_table_endpoints, decoder.scratch, id);
}

}  // namespace
}  // namespace leastwise

namespace {

void decode_event(lw_decoder &decoder, const char *bytes, size_t length, lw_event &record) {
    clear(record);
    decode(decoder, bytes, length, record, [&](ondemand::document &document, lw_event &target) {
        return EventReader(decoder, target).read(document);
    });
}

}  // namespace

lw_progress lw_event_lines(lw_decoder *decoder, lw_text input, bool last, lw_event *records, uint32_t capacity) {
    auto decode_one = [&](const char *bytes, size_t length, lw_event &record) {
        decode_event(*decoder, bytes, length, record);
    };
    return decode_lines(*decoder, input, last, records, capacity, decode_one);
}

lw_progress lw_event_elements(lw_decoder *decoder, lw_text input, lw_event *records, uint32_t capacity) {
    auto decode_one = [&](const char *bytes, size_t length, lw_event &record) {
        decode_event(*decoder, bytes, length, record);
    };
    return decode_elements(*decoder, input, records, capacity, decode_one);
}

void lw_event_record(lw_decoder *decoder, lw_text input, lw_event *record) {
    record->place = {0, input.length, 0, lw_ok, false};
    decode_event(*decoder, input.bytes, input.length, *record);
}
