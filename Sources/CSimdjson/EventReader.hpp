// The reading of one audit event. Included once: what has one caller is inlined, which saves a tenth of the time.
#pragma once

#include <optional>

#include "Envelope.hpp"
#include "RequestURI.hpp"

namespace leastwise {
namespace {

/// Longest user agent that is kept: it is shown, never compared.
constexpr size_t agent_limit = 96;
/// Longest verb of constrained impersonation: a longer one is none that is known, whole or cut.
constexpr size_t constraint_limit = 96;
/// Longest sum of verb, resource, names and path.
constexpr size_t action_limit = 8 << 10;

/// An event of which nothing is known yet.
void clear(lw_event &record) {
    lw_place place = record.place;
    record = {};
    record.place = place;
    record.time = lw_no_time;
    record.user = record.impersonated = record.constraint = record.action = record.reason = record.agent = lw_none;
}

struct EventReader {
    lw_decoder &decoder;
    lw_event &record;
    std::string_view kind, version, verb, uri;
    std::string_view group, resource, subresource, space, name;
    int64_t stage_time = lw_no_time, old_time = lw_no_time, outer_time = lw_no_time;
    bool has_user = false, has_reference = false, is_untimely = false;
    /// An envelope holds one event: no list, and no other envelope.
    bool is_inner = false;
    Decision decision;
    /// Made for the first member that an event does not have: nearly all records are plain events.
    std::optional<Envelope> envelope;

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
        record.audit_id = id_of(text);
        return SUCCESS;
    }

    uint64_t id_of(std::string_view text) const {
        return text.empty() ? 0 : hash(text.data(), text.size(), decoder.seed) | 1;
    }

    /// True where a list of records begins; what is inside of an envelope has none.
    bool is_list(ondemand::value value) { return !is_inner && value.raw_json_token().substr(0, 1) == "["; }

    /// Which verb allowed to act as another (KEP-5284); absent where it was plain `impersonate`.
    error_code metadata(ondemand::value value) {
        record.constraint = lw_none;
        return members(value, [&](const char *key, ondemand::value inner) {
            if (!is(key, LW_KEY("impersonationConstraint"))) return SUCCESS;
            std::string_view text;
            SIMDJSON_TRY(string(inner, text));
            text = text.substr(0, constraint_limit);
            return text.empty() ? SUCCESS : decoder.intern(lw_table_texts, text, record.constraint);
        });
    }

    error_code agent(ondemand::value value) {
        std::string_view text;
        SIMDJSON_TRY(string(value, text));
        return agent(text);
    }

    error_code agent(std::string_view text) {
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
                    return members(value, [&](const char *name, ondemand::value inner) {
                        return decision.member(name, inner);
                    });
                if (is(key, LW_KEY("authenticationMetadata"))) return metadata(value);
                return is(key, LW_KEY("apiVersion")) ? type_name(value, version) : SUCCESS;
            case 'e':
                if (is(key, LW_KEY("events"))) record.place.is_list = is_list(value);
                return SUCCESS;
            case 'i':
                if (is(key, LW_KEY("items"))) record.place.is_list = is_list(value);
                return is(key, LW_KEY("impersonatedUser")) ? user(value, record.impersonated) : SUCCESS;
            case 'k': return is(key, LW_KEY("kind")) ? type_name(value, kind) : SUCCESS;
            case 'l':
                if (is(key, LW_KEY("level"))) return SUCCESS;
                if (is(key, LW_KEY("logEvents"))) record.place.is_list = is_list(value);
                return cloud(key, value);
            case 'o': return is(key, LW_KEY("objectRef")) ? reference(value) : cloud(key, value);
            case 'r':
                if (is(key, LW_KEY("requestReceivedTimestamp"))) return time(value, record.time);
                if (is(key, LW_KEY("responseStatus"))) return status(value);
                if (is(key, LW_KEY("records"))) record.place.is_list = is_list(value);
                return is(key, LW_KEY("requestURI")) ? request_uri(value) : SUCCESS;
            case 's':
                if (is(key, LW_KEY("stageTimestamp"))) return time(value, stage_time);
                return is(key, LW_KEY("stage")) ? stage(value) : SUCCESS;
            case 't': return is(key, LW_KEY("timestamp")) ? timestamp(value) : cloud(key, value);
            case 'u':
                if (is(key, LW_KEY("userAgent"))) return agent(value);
                if (!is(key, LW_KEY("user"))) return SUCCESS;
                has_user = !is_null(value);
                return user(value, record.user);
            case 'v':
                if (!is(key, LW_KEY("verb"))) return SUCCESS;
                record.has_verb = true;
                return string(value, verb);
            default: return cloud(key, value);
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

    /// Has two callers; inlined into both, what it calls would have two as well.
    [[gnu::noinline]] error_code read(ondemand::document &document) {
        ondemand::object object;
        SIMDJSON_TRY(document.get_object().get(object));
        for (auto item : object) {
            ondemand::field field;
            SIMDJSON_TRY(std::move(item).get(field));
            SIMDJSON_TRY(member(field.key().raw(), field.value()));
            if (record.place.is_list) return SUCCESS;
        }
        if (!is_event()) return open();
        if (is_untimely) return simdjson::INCORRECT_TYPE;
        if (record.time == lw_no_time) record.time = stage_time != lw_no_time ? stage_time : old_time;
        if (record.time == lw_no_time) record.time = outer_time;
        record.is_beta = version == "audit.k8s.io/v1beta1" || version == "audit.k8s.io/v1alpha1";
        record.has_verb = !verb.empty();
        record.dry_run = is_dry_run(uri);
        SIMDJSON_TRY(decide(decision));
        return action();
    }

    error_code decide(const Decision &made) {
        record.decision = made.outcome;
        return decoder.intern(lw_table_lists, made.reason, record.reason);
    }

    // Rarely called, in Events.cpp.
    [[gnu::noinline]] error_code timestamp(ondemand::value value);
    [[gnu::noinline]] error_code cloud(const char *key, ondemand::value value);
    [[gnu::noinline]] error_code open();
    error_code entry(const LogEntry &entry);
    error_code subject(const LogEntry &entry);
    error_code user_named(std::string_view raw_name, uint32_t &id);
};

}  // namespace
}  // namespace leastwise
