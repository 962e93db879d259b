// Audit events of the Kubernetes API server (audit.k8s.io/v1 and its betas).
#include "Records.hpp"
#include "RequestURI.hpp"
#include "Values.hpp"

using namespace leastwise;

namespace {

/// Longest user agent that is kept: it is shown, never compared.
constexpr size_t agent_limit = 96;
/// Longest sum of verb, resource, names and path.
constexpr size_t action_limit = 8 << 10;

struct EventReader {
    lw_decoder &decoder;
    lw_event &record;
    std::string_view kind, version, verb, uri;
    std::string_view group, resource, subresource, space, name;
    int64_t stage_time = lw_no_time, old_time = lw_no_time;
    bool has_user = false, has_reference = false;

    EventReader(lw_decoder &owner, lw_event &target) : decoder(owner), record(target) {}

    error_code time(ondemand::value value, int64_t &result) {
        std::string_view text;
        SIMDJSON_TRY(string(value, text));
        if (text.empty()) return SUCCESS;
        return decoder.clock.parse(text, result) ? SUCCESS : simdjson::INCORRECT_TYPE;
    }

    /// `kind` or `apiVersion`: what is no string is no name of ours, so that the record belongs to somebody else.
    static error_code type_name(ondemand::value value, std::string_view &name) {
        if (!raw_string(value, name)) name = "?";
        return name == "?" ? SUCCESS : string(value, name);
    }

    error_code user(ondemand::value value, uint32_t &id) {
        std::string_view text;
        SIMDJSON_TRY(raw_object(value, text));
        return decoder.intern(lw_table_endpoints, text, id);
    }

    error_code reference(ondemand::value value) {
        group = resource = subresource = space = name = {};
        has_reference = !is_null(value);
        return members(value, [&](const char *key, ondemand::value inner) {
            if (is(key, LW_KEY("resource"))) return string(inner, resource);
            if (is(key, LW_KEY("namespace"))) return string(inner, space);
            if (is(key, LW_KEY("name"))) return string(inner, name);
            if (is(key, LW_KEY("apiGroup"))) return string(inner, group);
            if (is(key, LW_KEY("subresource"))) return string(inner, subresource);
            return SUCCESS;
        });
    }

    error_code status(ondemand::value value) {
        record.code = 0;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (!is(key, LW_KEY("code"))) return SUCCESS;
            uint64_t plain;
            SIMDJSON_TRY(number(inner, 999, plain));
            record.code = static_cast<uint32_t>(plain);
            return SUCCESS;
        });
    }

    error_code annotation(const char *key, ondemand::value value) {
        std::string_view text;
        // Some writers of JSON escape the slash.
        if (is(key, LW_KEY("authorization.k8s.io/decision")) || is(key, LW_KEY("authorization.k8s.io\\/decision"))) {
            SIMDJSON_TRY(string(value, text));
            record.decision = text == "allow"    ? lw_decision_allow
                              : text == "forbid" ? lw_decision_forbid
                                                 : lw_decision_absent;
        } else if (
            is(key, LW_KEY("authorization.k8s.io/reason")) || is(key, LW_KEY("authorization.k8s.io\\/reason"))) {
            // Kept with its quotes and escapes: these are resolved once for each distinct reason.
            if (!raw_string(value, text)) return simdjson::INCORRECT_TYPE;
            return decoder.intern(lw_table_lists, {text.data() - 1, text.size() + 2}, record.reason);
        }
        return SUCCESS;
    }

    error_code stage(ondemand::value value) {
        std::string_view text;
        SIMDJSON_TRY(string(value, text));
        if (text == "ResponseComplete") record.stage = lw_stage_complete;
        else if (text == "RequestReceived") record.stage = lw_stage_received;
        else if (text == "ResponseStarted") record.stage = lw_stage_started;
        else if (text == "Panic") record.stage = lw_stage_panic;
        else if (!text.empty()) return simdjson::INCORRECT_TYPE;
        return SUCCESS;
    }

    error_code audit_id(ondemand::value value) {
        std::string_view text;
        SIMDJSON_TRY(string(value, text));
        record.audit_id = text.empty() ? 0 : hash(text.data(), text.size(), decoder.seed) | 1;
        return SUCCESS;
    }

    error_code agent(ondemand::value value) {
        std::string_view text;
        SIMDJSON_TRY(string(value, text));
        if (text.size() > agent_limit) text = text.substr(0, agent_limit);
        return text.empty() ? SUCCESS : decoder.intern(lw_table_texts, text, record.agent);
    }

    error_code request_uri(ondemand::value value) {
        if (!raw_string(value, uri)) return simdjson::INCORRECT_TYPE;
        return has_escaped_path(uri) ? value.get_string().get(uri) : SUCCESS;
    }

    error_code member(const char *key, ondemand::value value) {
        switch (*key) {
            case 'a':
                if (is(key, LW_KEY("auditID"))) return audit_id(value);
                if (is(key, LW_KEY("annotations")))
                    return members(value, [&](const char *k, ondemand::value inner) { return annotation(k, inner); });
                return is(key, LW_KEY("apiVersion")) ? type_name(value, version) : SUCCESS;
            case 'i':
                if (is(key, LW_KEY("items")) && value.raw_json_token().substr(0, 1) == "[") record.place.is_list = true;
                return is(key, LW_KEY("impersonatedUser")) ? user(value, record.impersonated) : SUCCESS;
            case 'k': return is(key, LW_KEY("kind")) ? type_name(value, kind) : SUCCESS;
            case 'o': return is(key, LW_KEY("objectRef")) ? reference(value) : SUCCESS;
            case 'r':
                if (is(key, LW_KEY("requestReceivedTimestamp"))) return time(value, record.time);
                if (is(key, LW_KEY("responseStatus"))) return status(value);
                return is(key, LW_KEY("requestURI")) ? request_uri(value) : SUCCESS;
            case 's':
                if (is(key, LW_KEY("stageTimestamp"))) return time(value, stage_time);
                return is(key, LW_KEY("stage")) ? stage(value) : SUCCESS;
            case 't': return is(key, LW_KEY("timestamp")) ? time(value, old_time) : SUCCESS;
            case 'u':
                if (is(key, LW_KEY("userAgent"))) return agent(value);
                if (!is(key, LW_KEY("user"))) return SUCCESS;
                has_user = !is_null(value);
                return user(value, record.user);
            case 'v':
                if (!is(key, LW_KEY("verb"))) return SUCCESS;
                record.has_verb = true;
                return string(value, verb);
            default: return SUCCESS;
        }
    }

    bool is_event() const {
        if (!version.empty()) return version.substr(0, 13) == "audit.k8s.io/" && kind == "Event";
        return (kind.empty() || kind == "Event") && record.audit_id != 0 && has_user && record.has_verb;
    }

    /// What is asked for, as one text of seven parts.
    error_code action() {
        std::string_view path;
        if (!has_reference || resource.empty()) {
            group = resource = subresource = space = name = {};
            path = path_of(uri);
            if (path.empty() || path[0] != '/') return SUCCESS;
        } else if (name.empty() && (verb == "list" || verb == "watch" || verb == "deletecollection")) {
            name = selected_name(uri);
        } else if (subresource.empty() && verb == "create") {
            // Read from the body after the request was authorized without a name (k8s.io/apiserver, pkg/audit,
            // LogRequestObject).
            name = {};
        }
        const std::string_view parts[7] = {verb, group, resource, subresource, space, name, path};
        uint32_t lengths[7];
        size_t total = sizeof lengths;
        for (int part = 0; part < 7; part++) {
            if (parts[part].size() > action_limit) return simdjson::CAPACITY;
            lengths[part] = static_cast<uint32_t>(parts[part].size());
            total += lengths[part];
        }
        decoder.scratch.assign(reinterpret_cast<const char *>(lengths), sizeof lengths);
        for (std::string_view part : parts) decoder.scratch.append(part);
        if (total > action_limit) return simdjson::CAPACITY;
        return decoder.intern(lw_table_actions, decoder.scratch, record.action);
    }

    error_code read(ondemand::document &document) {
        ondemand::object object;
        SIMDJSON_TRY(document.get_object().get(object));
        for (auto item : object) {
            ondemand::field field;
            SIMDJSON_TRY(std::move(item).get(field));
            SIMDJSON_TRY(member(field.key().raw(), field.value()));
            if (record.place.is_list) return SUCCESS;
        }
        if (!is_event()) {
            record.place.error = lw_not_this_source;
            return SUCCESS;
        }
        if (record.time == lw_no_time) record.time = stage_time != lw_no_time ? stage_time : old_time;
        record.is_beta = version == "audit.k8s.io/v1beta1" || version == "audit.k8s.io/v1alpha1";
        record.has_verb = !verb.empty();
        record.dry_run = is_dry_run(uri);
        return action();
    }
};

void decode_event(lw_decoder &decoder, const char *bytes, size_t length, lw_event &record) {
    lw_place place = record.place;
    record = {};
    record.place = place;
    record.time = lw_no_time;
    record.user = record.impersonated = record.action = record.reason = record.agent = lw_none;
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
